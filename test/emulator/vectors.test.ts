/** Published vectors, run through the code that the actions run. Where each comes from: vectors/README.md. */
import { createCipheriv } from "node:crypto";
import { unseal } from "../../emulator/authenticatedCipher";
import { decryptWith, type EncryptionAlgorithm } from "../../emulator/wrapping/encryptionAlgorithm";
import { decryptOaep, type OaepHash } from "../../emulator/wrapping/rsaOaep";
import { encryptSm2 } from "../../emulator/wrapping/sm2";
import { sm2PublicKeyDer } from "../../emulator/wrapping/sm2Key";
import oaepSha1 from "./vectors/rsa_oaep_2048_sha1_mgf1sha1_test.json";
import oaepSha256 from "./vectors/rsa_oaep_2048_sha256_mgf1sha256_test.json";
import sm2Vector from "./vectors/sm2Encryption.json";
import sm4Vector from "./vectors/sm4Gcm.json";

const bytes = (hex: string) => Buffer.from(hex, "hex");

describe.each<[EncryptionAlgorithm, OaepHash, typeof oaepSha1, number]>([
  ["RSAES_OAEP_SHA_1", "sha1", oaepSha1, 36],
  ["RSAES_OAEP_SHA_256", "sha256", oaepSha256, 37],
])("Wycheproof, RSA of 2048 bits, %s", (algorithm, hash, { testGroups }, count) => {
  const vectors = testGroups.flatMap((group) =>
    group.tests.map((vector) => ({ ...vector, pair: bytes(group.privateKeyPkcs8) })),
  );

  test("all of them are here", () => expect(vectors).toHaveLength(count));

  test.each(vectors)("vector $tcId, $result: $comment", ({ result, ct, msg, label, pair }) => {
    const expected = result === "valid" ? bytes(msg) : undefined;
    expect(decryptOaep(pair, hash, bytes(ct), bytes(label))).toEqual(expected);
    // KMS has no labels: what was made with one is foreign to it.
    expect(decryptWith(algorithm, pair, bytes(ct))).toEqual(label === "" ? expected : undefined);
  });
});

describe("SM2, GM/T 0003.5-2012, Annex C", () => {
  const { privateKey, plaintext, x, y, c3, c2, asn1 } = sm2Vector;
  const point =
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
  const pair = bytes(
    `308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420${privateKey}a14403420004${point}`,
  );
  const raw = `04${x}${y}${c3}${c2}`;

  test.each([
    ["raw C1C3C2", raw],
    ["ASN.1", asn1],
  ])("opens as %s", (_, ciphertext) => {
    expect(decryptWith("SM2PKE", pair, bytes(ciphertext))?.toString()).toBe(plaintext);
  });

  test("its key opens what is encrypted here", () => {
    const sealed = encryptSm2(sm2PublicKeyDer(pair), Buffer.from(plaintext));
    expect(decryptWith("SM2PKE", pair, sealed)?.toString()).toBe(plaintext);
  });

  test.each([
    ["C1C2C3", `04${x}${y}${c2}${c3}`],
    ["no 04 in front", raw.slice(2)],
    ["a compressed point", `03${x}${c3}${c2}`],
    ["no C2", `04${x}${y}${c3}`],
    ["a point off the curve", `04${y}${x}${c3}${c2}`],
    ["the point 0, 0", `04${"00".repeat(64)}${c3}${c2}`],
    ["a coordinate beyond the field", `04${"FF".repeat(32)}${y}${c3}${c2}`],
    ["bytes behind the ASN.1", `${asn1}00`],
    ["a length in more bytes than it needs", asn1.replace("307C", "30817C")],
    ["an indefinite length", `${asn1.replace("307C", "3080")}0000`],
    ["a negative coordinate", asn1.replace("307C", "307B").replace("022100", "0220")],
    ["a coordinate with a zero too many", asn1.replace("307C", "307D").replace("0220", "022100")],
  ])("with %s does not open", (_, ciphertext) => {
    expect(decryptWith("SM2PKE", pair, bytes(ciphertext))).toBeUndefined();
  });

  test("does not open with any of its bytes changed, or cut short anywhere", () => {
    for (const form of [raw, asn1]) {
      const genuine = bytes(form);
      for (let at = 0; at < genuine.length; at++) {
        const changed = Buffer.from(genuine);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(decryptWith("SM2PKE", pair, changed)).toBeUndefined();
        expect(decryptWith("SM2PKE", pair, genuine.subarray(0, at))).toBeUndefined();
      }
    }
  });
});

describe("SM4-GCM, RFC 8998, Appendix A.1", () => {
  const [key, iv, additionalData] = [bytes(sm4Vector.key), bytes(sm4Vector.iv), bytes(sm4Vector.additionalData)];
  const sealed = { iv, ciphertext: bytes(sm4Vector.ciphertext), tag: bytes(sm4Vector.tag) };

  test("opens", () => {
    expect(unseal("Aliyun_SM4", key, additionalData, sealed)).toEqual(bytes(sm4Vector.plaintext));
  });

  test("does not open with anything changed", () => {
    const other = (buffer: Buffer) => Buffer.concat([Buffer.from([(buffer[0] ?? 0) ^ 1]), buffer.subarray(1)]);
    expect(unseal("Aliyun_SM4", other(key), additionalData, sealed)).toBeUndefined();
    expect(unseal("Aliyun_SM4", key, other(additionalData), sealed)).toBeUndefined();
    for (const name of ["iv", "ciphertext", "tag"] as const) {
      expect(unseal("Aliyun_SM4", key, additionalData, { ...sealed, [name]: other(sealed[name]) })).toBeUndefined();
    }
  });

  test("uses the same SM4 as OpenSSL, whose CTR mode is what GCM encrypts with", () => {
    const counter = Buffer.concat([iv, Buffer.from([0, 0, 0, 2])]);
    const ctr = createCipheriv("sm4-ctr", key, counter);
    expect(ctr.update(bytes(sm4Vector.plaintext))).toEqual(sealed.ciphertext);
  });
});
