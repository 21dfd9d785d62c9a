import { encryptionContextFault } from "../../../provider/crypto/encryptionContext";

/** A context whose JSON has this many characters. */
const ofLength = (length: number) => ({ k: "v".repeat(length - JSON.stringify({ k: "" }).length) });

test("takes a context of at most 8,192 characters of JSON", () => {
  expect([{}, { a: "" }, ofLength(8192)].map(encryptionContextFault)).toEqual([undefined, undefined, undefined]);
});

test("refuses a longer one, with its length and what is allowed", () => {
  expect(encryptionContextFault(ofLength(8193))).toBe("is 8193 characters of JSON (allowed: at most 8192)");
});

test("counts what JSON adds", () => {
  expect(encryptionContextFault({ k: '"'.repeat(4096) })).toBe("is 8200 characters of JSON (allowed: at most 8192)");
});
