import { unwrapMechanism } from "../../../provider/crypto/unwrapMechanism";

/** So many bytes, starting with the given one. */
const bytes = (length: number, first: number) =>
  Buffer.alloc(length, Buffer.of(first, ...Array.from({ length }, () => 7)));

test.each([
  ["RSAES_OAEP_SHA_256", "CKM_SHA256", "CKG_MGF1_SHA256"],
  ["RSAES_OAEP_SHA_1", "CKM_SHA_1", "CKG_MGF1_SHA1"],
])("names the PKCS#11 parameters of %s, with the same hash in MGF1 and no label", (algorithm, hashAlgorithm, mgf) => {
  expect(unwrapMechanism(algorithm, bytes(256, 0))).toEqual({
    mechanism: "CKM_RSA_PKCS_OAEP",
    hashAlgorithm,
    mgf,
    sourceData: "",
  });
});

test.each([0, 128, 255, 257, 384])("knows no RSA_2048 export of %d bytes", (length) => {
  expect(unwrapMechanism("RSAES_OAEP_SHA_256", bytes(length, 0))).toBeUndefined();
});

test.each([
  ["raw", 0x04],
  ["asn1", 0x30],
] as const)("reads the %s layout of SM2PKE off the first byte", (encoding, first) => {
  expect(unwrapMechanism("SM2PKE", bytes(129, first))).toEqual({ mechanism: "SM2PKE", layout: "C1C3C2", encoding });
});

test("takes an SM2PKE export from one byte of content on", () => {
  expect(unwrapMechanism("SM2PKE", bytes(98, 4))).toBeDefined();
  expect(unwrapMechanism("SM2PKE", bytes(97, 4))).toBeUndefined();
});

test.each([0x00, 0x02, 0x03, 0x06, 0xff])("knows no SM2PKE export that starts with %d", (first) => {
  expect(unwrapMechanism("SM2PKE", bytes(129, first))).toBeUndefined();
});
