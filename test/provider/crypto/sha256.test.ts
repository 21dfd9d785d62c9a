import { sha256Hex } from "../../../provider/crypto/sha256";

test("gives the digest of FIPS 180-2's example in lower-case hex", () => {
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256Hex(Buffer.from("abc"))).toBe(digest);
  expect(sha256Hex(Buffer.from("a"), Buffer.from("bc"))).toBe(digest);
});
