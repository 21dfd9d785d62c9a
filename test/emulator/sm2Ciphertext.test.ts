import * as fc from "fast-check";
import { sm2CiphertextOf } from "../../emulator/wrapping/sm2Ciphertext";
import { decryptSm2, encryptSm2 } from "../../emulator/wrapping/sm2";
import { newSm2Pair, sm2PublicKeyDer } from "../../emulator/wrapping/sm2Key";
import { sm2Sequence } from "./opensslSm2";

const pair = newSm2Pair();
const bytes = (constraints: fc.IntArrayConstraints) => fc.uint8Array(constraints).map((array) => Buffer.from(array));
/** Bytes that look like one of the two forms for a while. */
const nearly = fc
  .tuple(
    fc.constantFrom("", "04", "30", "3080", "307f", "3081ff", "30820100", "30840000", "30060201", "3000"),
    bytes({ maxLength: 300 }),
  )
  .map(([start, rest]) => Buffer.concat([Buffer.from(start, "hex"), rest]));

test("any bytes are taken apart or refused, and never throw", () => {
  fc.assert(
    fc.property(nearly, (ciphertext) => {
      const parsed = sm2CiphertextOf(ciphertext);
      if (parsed === undefined) return;
      expect([parsed.x.length, parsed.y.length, parsed.c3.length]).toEqual([32, 32, 32]);
      expect(parsed.c2.length).toBeGreaterThan(0);
    }),
    { numRuns: 5_000 },
  );
});

test("any bytes are opened or refused, and never throw", () => {
  fc.assert(
    fc.property(nearly, (ciphertext) => {
      expect(decryptSm2(pair, ciphertext)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("both forms of the same ciphertext are taken apart alike, whatever zeros its numbers start with", () => {
  fc.assert(
    fc.property(bytes({ minLength: 98, maxLength: 400 }), fc.nat(31), fc.nat(31), (rest, xZeros, yZeros) => {
      const raw = Buffer.concat([Buffer.from([4]), rest]);
      raw.fill(0, 1, 1 + xZeros).fill(0, 33, 33 + yZeros);
      // A coordinate of nothing but zeros has no shortest form that the encoder of this test knows.
      fc.pre(raw.subarray(1, 33).some(Boolean) && raw.subarray(33, 65).some(Boolean));
      expect(sm2CiphertextOf(sm2Sequence(raw))).toEqual(sm2CiphertextOf(raw));
    }),
  );
});

test("any plaintext comes back, in either form", () => {
  fc.assert(
    fc.property(bytes({ minLength: 1, maxLength: 100 }), (plaintext) => {
      const sealed = encryptSm2(sm2PublicKeyDer(pair), plaintext);
      expect(decryptSm2(pair, sealed)).toEqual(plaintext);
      expect(decryptSm2(pair, sm2Sequence(sealed))).toEqual(plaintext);
    }),
    { numRuns: 50 },
  );
});
