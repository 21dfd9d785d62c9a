import { constants, privateDecrypt, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { encryptFor, decryptWith, mostBytes, publicKeyOf } from "../../emulator/wrapping/encryptionAlgorithm";
import { keySpecs, type KeySpec } from "../../emulator/keys/keySpec";
import { call, callOk, newKeyPair, type Params } from "./clients";
import { openssl, sm2Sequence } from "./opensslSm2";

type Pair = Awaited<ReturnType<typeof newKeyPair>>;

let emulator: Emulator;
let rsa: Pair;
let sm2: Pair;
beforeAll(async () => {
  emulator = await startEmulator({ qps: 0 });
  [rsa, sm2] = [await newKeyPair(emulator, "RSA_2048"), await newKeyPair(emulator, "EC_SM2")];
});
afterAll(() => emulator.close());

const refusal = async (params: Params) => {
  const { status, body } = await call(emulator, "AsymmetricEncrypt", params);
  return [status, body.Code];
};
const text = (length: number) => randomBytes(length).toString("base64");

describe.each([
  ["RSA_2048", "RSAES_OAEP_SHA_256", 190, 256],
  ["RSA_2048", "RSAES_OAEP_SHA_1", 214, 256],
  ["EC_SM2", "SM2PKE", 6047, 6144],
])("a key of %s with %s", (KeySpec, Algorithm, most, ciphertextBytes) => {
  const params = (): Params => ({ ...(KeySpec === "EC_SM2" ? sm2 : rsa), Algorithm });

  test(`encrypts up to ${most} bytes, to at most ${ciphertextBytes}, and AsymmetricDecrypt opens them`, async () => {
    for (const length of [1, 16, most]) {
      const Plaintext = text(length);
      const sealed = await callOk(emulator, "AsymmetricEncrypt", { ...params(), Plaintext });
      expect(sealed).toMatchObject({ KeyId: params().KeyId, KeyVersionId: params().KeyVersionId });
      const { CiphertextBlob } = sealed;
      if (length === most) expect(Buffer.from(CiphertextBlob, "base64")).toHaveLength(ciphertextBytes);
      expect((await callOk(emulator, "AsymmetricDecrypt", { ...params(), CiphertextBlob })).Plaintext).toBe(Plaintext);
    }
    expect(await refusal({ ...params(), Plaintext: text(most + 1) })).toEqual([400, "InvalidParameter"]);
  });

  test.each<[string, Params, number, string]>([
    ["to go without a key", { KeyId: "" }, 400, "MissingParameter"],
    ["to go without a version", { KeyVersionId: "" }, 400, "MissingParameter"],
    ["to go without an algorithm", { Algorithm: "" }, 400, "MissingParameter"],
    ["to go without a plaintext", { Plaintext: "" }, 400, "MissingParameter"],
    ["text that is not base64 of bytes", { Plaintext: "plaintext" }, 400, "InvalidParameter"],
    ["an unknown algorithm", { Algorithm: "RSAES_PKCS1_V1_5" }, 400, "InvalidParameter"],
    [
      "the algorithm of the other type",
      { Algorithm: KeySpec === "EC_SM2" ? "RSAES_OAEP_SHA_1" : "SM2PKE" },
      400,
      "InvalidParameter",
    ],
    ["an unknown version", { KeyVersionId: "none" }, 404, "Forbidden.KeyVersionNotFound"],
    ["an unknown key", { KeyId: "none" }, 404, "Forbidden.KeyNotFound"],
  ])("refuses %s", async (_, change, status, code) => {
    expect(await refusal({ ...params(), Plaintext: text(16), ...change })).toEqual([status, code]);
  });
});

test("the version of another key is not found", async () => {
  const other = { KeyId: rsa.KeyId, KeyVersionId: sm2.KeyVersionId };
  const code = await refusal({ ...other, Algorithm: "RSAES_OAEP_SHA_1", Plaintext: text(16) });
  expect(code).toEqual([404, "Forbidden.KeyVersionNotFound"]);
});

test("a symmetric key is refused", async () => {
  const { KeyMetadata } = await callOk(emulator, "CreateKey");
  const params = { KeyId: KeyMetadata.KeyId, KeyVersionId: KeyMetadata.PrimaryKeyVersion };
  const code = await refusal({ ...params, Algorithm: "RSAES_OAEP_SHA_1", Plaintext: text(16) });
  expect(code).toEqual([400, "Rejected.UnsupportedOperation"]);
});

test("a key that is disabled is refused", async () => {
  const pair = await newKeyPair(emulator, "EC_SM2");
  await callOk(emulator, "DisableKey", { KeyId: pair.KeyId });
  expect(await refusal({ ...pair, Algorithm: "SM2PKE", Plaintext: text(16) })).toEqual([409, "Rejected.Disabled"]);
});

// Straight to the algorithms: of a key in the emulator nobody outside has the private half.
describe.each<[KeySpec, "RSAES_OAEP_SHA_256" | "RSAES_OAEP_SHA_1", number]>([
  ["RSA_2048", "RSAES_OAEP_SHA_256", 190],
  ["RSA_3072", "RSAES_OAEP_SHA_256", 318],
  ["RSA_3072", "RSAES_OAEP_SHA_1", 342],
  ["RSA_4096", "RSAES_OAEP_SHA_256", 446],
  ["RSA_4096", "RSAES_OAEP_SHA_1", 470],
])("%s with %s", (keySpec, algorithm, most) => {
  test(`holds ${most} bytes, and opens in Node`, async () => {
    const pair = await keySpecs[keySpec].newMaterialBeside();
    expect(keySpecs[keySpec].isSound(pair)).toBe(true);
    const publicKey = publicKeyOf(keySpec, pair);
    expect(mostBytes(algorithm, publicKey)).toBe(most);
    const plaintext = randomBytes(most);
    const sealed = encryptFor(algorithm, publicKey, plaintext);
    const key = { key: pair, format: "der", type: "pkcs8", padding: constants.RSA_PKCS1_OAEP_PADDING } as const;
    expect(privateDecrypt({ ...key, oaepHash: algorithm.endsWith("256") ? "sha256" : "sha1" }, sealed)).toEqual(
      plaintext,
    );
    expect(decryptWith(algorithm, pair, sealed)).toEqual(plaintext);
  });
});

describe("SM2PKE and the openssl command", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sm2-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([1, 31, 32, 33, 6047])("of %d bytes: a pair made here opens in OpenSSL", (length) => {
    const pair = keySpecs.EC_SM2.newMaterial();
    const plaintext = randomBytes(length);
    writeFileSync(path("pair.der"), pair);
    writeFileSync(path("sealed"), sm2Sequence(encryptFor("SM2PKE", publicKeyOf("EC_SM2", pair), plaintext)));
    const opened = openssl("pkeyutl", "-decrypt", "-inkey", path("pair.der"), "-keyform", "DER", "-in", path("sealed"));
    expect(opened).toEqual(plaintext);
  });

  test("a pair made there is sound here, and opens what OpenSSL encrypted for it", () => {
    openssl("genpkey", "-algorithm", "SM2", "-outform", "DER", "-out", path("theirs.der"));
    const pair = openssl("pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", path("theirs.der"), "-outform", "DER");
    const publicKey = openssl("pkey", "-inform", "DER", "-in", path("theirs.der"), "-pubout", "-outform", "DER");
    expect(publicKeyOf("EC_SM2", pair)).toEqual(publicKey);
    expect(keySpecs.EC_SM2.isSound(pair)).toBe(true);
    writeFileSync(path("plain"), "for an HSM");
    const theirs = ["-inkey", path("theirs.der"), "-keyform", "DER"];
    const sealed = openssl("pkeyutl", "-encrypt", ...theirs, "-in", path("plain"));
    expect(decryptWith("SM2PKE", pair, sealed)?.toString()).toBe("for an HSM");
  });
});
