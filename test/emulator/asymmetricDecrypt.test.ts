import { constants, publicEncrypt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk, newKey, newKeyPair, type Params } from "./clients";
import { openssl } from "./opensslSm2";

type Pair = Awaited<ReturnType<typeof newKeyPair>>;

let emulator: Emulator;
let rsa: Pair;
let sm2: Pair;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator({ qps: 0 });
  [rsa, sm2] = [await newKeyPair(emulator, "RSA_2048"), await newKeyPair(emulator, "EC_SM2")];
  folder = mkdtempSync(join(tmpdir(), "asymmetric-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.close();
});

const pem = async (pair: Pair) => (await callOk(emulator, "GetPublicKey", pair)).PublicKey;
const decrypted = async (params: Params) => {
  const { status, body } = await call(emulator, "AsymmetricDecrypt", params);
  return status === 200 ? Buffer.from(body.Plaintext, "base64").toString() : [status, body.Code];
};
/** Encrypts with the openssl command under a public key of the emulator. */
async function byOpenssl(pair: Pair, options: string[] = []): Promise<string> {
  const [key, plain] = [join(folder, "public.pem"), join(folder, "plain")];
  writeFileSync(key, await pem(pair));
  writeFileSync(plain, "made outside");
  const flags = options.flatMap((option) => ["-pkeyopt", option]);
  return openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", key, "-in", plain, ...flags).toString("base64");
}

describe.each([
  ["RSAES_OAEP_SHA_256", "sha256"],
  ["RSAES_OAEP_SHA_1", "sha1"],
])("%s", (Algorithm, hash) => {
  test("opens what Node encrypted with the public key", async () => {
    const key = { key: await pem(rsa), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
    const CiphertextBlob = publicEncrypt(key, Buffer.from("made outside")).toString("base64");
    const answer = await callOk(emulator, "AsymmetricDecrypt", { ...rsa, Algorithm, CiphertextBlob });
    expect(Object.keys(answer).sort()).toEqual(["KeyId", "KeyVersionId", "Plaintext", "RequestId"]);
    expect(answer).toMatchObject({ ...rsa, Plaintext: Buffer.from("made outside").toString("base64") });
  });

  test("opens what OpenSSL encrypted, and only with the same hash in MGF1", async () => {
    const oaep = ["rsa_padding_mode:oaep", `rsa_oaep_md:${hash}`];
    const same = await byOpenssl(rsa, [...oaep, `rsa_mgf1_md:${hash}`]);
    expect(await decrypted({ ...rsa, Algorithm, CiphertextBlob: same })).toBe("made outside");
    const other = await byOpenssl(rsa, [...oaep, `rsa_mgf1_md:${hash === "sha1" ? "sha256" : "sha1"}`]);
    expect(await decrypted({ ...rsa, Algorithm, CiphertextBlob: other })).toEqual([400, "InvalidParameter"]);
  });
});

test("SM2PKE opens what OpenSSL encrypted, which is ASN.1", async () => {
  const CiphertextBlob = await byOpenssl(sm2);
  expect(Buffer.from(CiphertextBlob, "base64")[0]).toBe(0x30);
  expect(await decrypted({ ...sm2, Algorithm: "SM2PKE", CiphertextBlob })).toBe("made outside");
});

describe.each([
  ["RSA_2048", "RSAES_OAEP_SHA_256"],
  ["EC_SM2", "SM2PKE"],
])("a key of %s refuses", (KeySpec, Algorithm) => {
  const pair = () => (KeySpec === "EC_SM2" ? sm2 : rsa);
  let blob: Buffer;
  beforeAll(async () => {
    const params = { ...pair(), Algorithm, Plaintext: Buffer.from("secret").toString("base64") };
    blob = Buffer.from((await callOk(emulator, "AsymmetricEncrypt", params)).CiphertextBlob, "base64");
  });

  test("a ciphertext that is changed, cut, lengthened, empty or nonsense", async () => {
    const refused: Buffer[] = [
      Buffer.concat([blob, Buffer.alloc(1)]),
      Buffer.alloc(256),
      Buffer.alloc(256, 255),
      Buffer.alloc(7000, 4),
    ];
    for (let at = 0; at < blob.length; at += 5) {
      const changed = Buffer.from(blob);
      changed[at] = (changed[at] ?? 0) ^ 1;
      refused.push(changed, blob.subarray(0, Math.max(at, 1)));
    }
    for (const ciphertext of refused) {
      const params = { ...pair(), Algorithm, CiphertextBlob: ciphertext.toString("base64") };
      expect(await decrypted(params)).toEqual([400, "InvalidParameter"]);
    }
    expect(await decrypted({ ...pair(), Algorithm, CiphertextBlob: blob.toString("base64") })).toBe("secret");
  });

  test.each<[string, () => Params, number, string]>([
    ["to go without a ciphertext", () => ({ CiphertextBlob: "" }), 400, "MissingParameter"],
    ["to go without a key", () => ({ KeyId: "" }), 400, "MissingParameter"],
    ["to go without a version", () => ({ KeyVersionId: "" }), 400, "MissingParameter"],
    ["to go without an algorithm", () => ({ Algorithm: "" }), 400, "MissingParameter"],
    ["text that is not base64", () => ({ CiphertextBlob: "*" }), 400, "InvalidParameter"],
    ["the other key's algorithm", () => ({ ...(KeySpec === "EC_SM2" ? rsa : sm2) }), 400, "InvalidParameter"],
    ["an unknown version", () => ({ KeyVersionId: "none" }), 404, "Forbidden.KeyVersionNotFound"],
    ["an enclave's request", () => ({ Recipient: "{}" }), 400, "UnsupportedOperation"],
  ])("%s", async (_, change, status, code) => {
    const params = { ...pair(), Algorithm, CiphertextBlob: blob.toString("base64"), ...change() };
    expect(await decrypted(params)).toEqual([status, code]);
  });

  test("a ciphertext of another version of the same key, which opens under its own", async () => {
    const { KeyId } = pair();
    await callOk(emulator, "CreateKeyVersion", { KeyId });
    const newest = (await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata.PrimaryKeyVersion;
    expect(newest).not.toBe(pair().KeyVersionId);
    const params = { KeyId, Algorithm, CiphertextBlob: blob.toString("base64") };
    expect(await decrypted({ ...params, KeyVersionId: newest })).toEqual([400, "InvalidParameter"]);
    expect(await decrypted({ ...params, KeyVersionId: pair().KeyVersionId })).toBe("secret");
  });
});

test("a symmetric key is refused", async () => {
  const KeyId = await newKey(emulator);
  const params = { KeyId, KeyVersionId: "any", Algorithm: "SM2PKE", CiphertextBlob: "AAAA" };
  expect(await decrypted(params)).toEqual([400, "Rejected.UnsupportedOperation"]);
});

test("a key that is disabled is refused", async () => {
  const pair = await newKeyPair(emulator, "EC_SM2");
  await callOk(emulator, "DisableKey", { KeyId: pair.KeyId });
  const params = { ...pair, Algorithm: "SM2PKE", CiphertextBlob: "AAAA" };
  expect(await decrypted(params)).toEqual([409, "Rejected.Disabled"]);
});
