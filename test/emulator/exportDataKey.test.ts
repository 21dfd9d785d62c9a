import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { encryptSm2 } from "../../emulator/wrapping/sm2";
import { call, callOk, newKey, type Params } from "./clients";
import { openssl, sm2Sequence } from "./opensslSm2";

let emulator: Emulator;
let keyId: string;
let folder: string;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
beforeAll(async () => {
  emulator = await startEmulator();
  keyId = await newKey(emulator);
  folder = mkdtempSync(join(tmpdir(), "export-"));
  openssl("genpkey", "-algorithm", "SM2", "-out", join(folder, "sm2.pem"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.close();
});

const base64Der = (key: KeyObject) => key.export({ format: "der", type: "spki" }).toString("base64");
const sm2PublicKey = () => openssl("pkey", "-in", join(folder, "sm2.pem"), "-pubout", "-outform", "DER");
const rsaPem = () => rsa.publicKey.export({ format: "pem", type: "spki" }).toString();

async function exported(params: Params, dataKey: Params = {}) {
  const made = await callOk(emulator, "GenerateDataKey", { KeyId: keyId, ...dataKey });
  const reply = await call(emulator, "ExportDataKey", { CiphertextBlob: made.CiphertextBlob, ...params });
  return { made, ...reply, wrapped: Buffer.from(reply.body.ExportedDataKey ?? "", "base64") };
}
const oaep256 = (key: string): Params => ({
  PublicKeyBlob: key,
  WrappingKeySpec: "RSA_2048",
  WrappingAlgorithm: "RSAES_OAEP_SHA_256",
});
const sm2pke = (key: string): Params => ({
  PublicKeyBlob: key,
  WrappingKeySpec: "EC_SM2",
  WrappingAlgorithm: "SM2PKE",
});

describe.each([
  ["RSAES_OAEP_SHA_256", "sha256", 190],
  ["RSAES_OAEP_SHA_1", "sha1", 214],
])("%s", (WrappingAlgorithm, hash, mostBytes) => {
  const params = (): Params => ({ ...oaep256(base64Der(rsa.publicKey)), WrappingAlgorithm });

  test("is opened by Node and by OpenSSL, with the same hash in MGF1", async () => {
    const { made, wrapped, body } = await exported(params());
    expect(body).toMatchObject({ KeyId: keyId, KeyVersionId: made.KeyVersionId });
    const dataKey = Buffer.from(made.Plaintext, "base64");
    const byNode = { key: rsa.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
    expect(privateDecrypt(byNode, wrapped)).toEqual(dataKey);
    writeFileSync(join(folder, "rsa.pem"), rsa.privateKey.export({ format: "pem", type: "pkcs8" }));
    writeFileSync(join(folder, "wrapped"), wrapped);
    const options = ["rsa_padding_mode:oaep", `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${hash}`];
    const byOpenssl = openssl(
      ...["pkeyutl", "-decrypt", "-inkey", join(folder, "rsa.pem"), "-in", join(folder, "wrapped")],
      ...options.flatMap((option) => ["-pkeyopt", option]),
    );
    expect(byOpenssl).toEqual(dataKey);
  });

  test(`wraps ${mostBytes} bytes and refuses one more`, async () => {
    expect((await exported(params(), { NumberOfBytes: String(mostBytes) })).status).toBe(200);
    const { status, body } = await exported(params(), { NumberOfBytes: String(mostBytes + 1) });
    expect([status, body.Code]).toEqual([400, "InvalidParameter"]);
  });

  test("differs each time", async () => {
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId: keyId });
    const once = await callOk(emulator, "ExportDataKey", { CiphertextBlob, ...params() });
    const again = await callOk(emulator, "ExportDataKey", { CiphertextBlob, ...params() });
    expect(once.ExportedDataKey).not.toBe(again.ExportedDataKey);
  });
});

describe("SM2PKE", () => {
  test.each(["1", "16", "32", "1024"])("of %s bytes is raw C1C3C2, and OpenSSL opens it", async (NumberOfBytes) => {
    const { made, wrapped } = await exported(sm2pke(sm2PublicKey().toString("base64")), { NumberOfBytes });
    expect(wrapped[0]).toBe(4);
    expect(wrapped).toHaveLength(97 + Number(NumberOfBytes));
    writeFileSync(join(folder, "sealed"), sm2Sequence(wrapped));
    const opened = openssl("pkeyutl", "-decrypt", "-inkey", join(folder, "sm2.pem"), "-in", join(folder, "sealed"));
    expect(opened).toEqual(Buffer.from(made.Plaintext, "base64"));
  });

  test("never lets one byte out in clear, though its mask is zero once in 256 times", () => {
    const key = sm2PublicKey();
    for (let round = 0; round < 600; round++) expect(encryptSm2(key, Buffer.from([7]))[97]).not.toBe(7);
  });

  test("refuses a point that is not on the curve", async () => {
    const key = sm2PublicKey();
    key[key.length - 1] = (key.at(-1) ?? 0) ^ 1;
    expect((await exported(sm2pke(key.toString("base64")))).body.Code).toBe("InvalidParameter");
    key.fill(0, 27);
    expect((await exported(sm2pke(key.toString("base64")))).body.Code).toBe("InvalidParameter");
    key.fill(255, 27);
    expect((await exported(sm2pke(key.toString("base64")))).body.Code).toBe("InvalidParameter");
  });

  test("refuses a point of another curve", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect((await exported(sm2pke(base64Der(publicKey)))).body.Code).toBe("InvalidParameter");
  });
});

test("PublicKeyBlob may be PEM", async () => {
  const { made, wrapped } = await exported(oaep256(rsaPem()));
  const opened = privateDecrypt({ key: rsa.privateKey, oaepHash: "sha256" }, wrapped);
  expect(opened.toString("base64")).toBe(made.Plaintext);
  const sm2Pem = createPublicKey({ key: sm2PublicKey(), format: "der", type: "spki" }).export({
    format: "pem",
    type: "spki",
  });
  expect((await exported(sm2pke(sm2Pem.toString()))).status).toBe(200);
});

describe("ExportDataKey refuses", () => {
  const good = oaep256(base64Der(rsa.publicKey));
  const spki = rsa.publicKey.export({ format: "der", type: "spki" });
  const rsaOf = (modulusLength: number) => base64Der(generateKeyPairSync("rsa", { modulusLength }).publicKey);

  test.each(["CiphertextBlob", "PublicKeyBlob", "WrappingKeySpec", "WrappingAlgorithm"])(
    "to go without %s",
    async (name) => {
      const { body } = await exported({ ...good, [name]: "" });
      expect(body.Code).toBe("MissingParameter");
    },
  );

  test.each<[string, Params]>([
    ["a smaller RSA key", { PublicKeyBlob: rsaOf(1024) }],
    ["a larger RSA key", { PublicKeyBlob: rsaOf(3072) }],
    ["an RSA key named as SM2", { WrappingKeySpec: "EC_SM2", WrappingAlgorithm: "SM2PKE" }],
    ["an algorithm of the other type", { WrappingAlgorithm: "SM2PKE" }],
    ["an RSA algorithm for SM2", { WrappingKeySpec: "EC_SM2" }],
    ["an unknown type", { WrappingKeySpec: "RSA_4096" }],
    ["an unknown algorithm", { WrappingAlgorithm: "RSAES_PKCS1_V1_5" }],
    ["a PSS key", { PublicKeyBlob: base64Der(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey) }],
    ["an Ed25519 key", { PublicKeyBlob: base64Der(generateKeyPairSync("ed25519").publicKey) }],
    ["PKCS#1", { PublicKeyBlob: rsa.publicKey.export({ format: "der", type: "pkcs1" }).toString("base64") }],
    ["a private key", { PublicKeyBlob: rsa.privateKey.export({ format: "pem", type: "pkcs8" }).toString() }],
    ["bytes after the key", { PublicKeyBlob: Buffer.concat([spki, Buffer.alloc(3)]).toString("base64") }],
    ["a truncated key", { PublicKeyBlob: spki.subarray(0, 200).toString("base64") }],
    ["text that is not base64", { PublicKeyBlob: "not base64!" }],
    ["another context", { EncryptionContext: '{"a":"b"}' }],
    ["a broken blob", { CiphertextBlob: "AAAA" }],
  ])("%s", async (_, change) => {
    const { status, body } = await exported({ ...good, ...change });
    expect([status, body.Code]).toEqual([400, "InvalidParameter"]);
  });

  test("an RSA key whose exponent is 1", async () => {
    const jwk = rsa.publicKey.export({ format: "jwk" });
    const one = createPublicKey({ key: { ...jwk, e: "AQ" }, format: "jwk" });
    expect((await exported(oaep256(base64Der(one)))).body.Code).toBe("InvalidParameter");
  });

  test("a dry run, with the reason", async () => {
    const codes = [];
    for (const change of [{}, { WrappingAlgorithm: "SM2PKE" }] as Params[]) {
      codes.push((await exported({ ...good, ...change, DryRun: "true" })).body.Code);
    }
    expect(codes).toEqual(["DryRunOperationError", "ValidationError"]);
  });
});

test("what Encrypt took as text that is not base64 of bytes cannot be exported", async () => {
  const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext: "plaintext" });
  const { status, body } = await exported({ ...oaep256(base64Der(rsa.publicKey)), CiphertextBlob });
  expect([status, body.Code]).toEqual([400, "InvalidParameter"]);
});

test("an export carries the context that the data key was made with", async () => {
  const EncryptionContext = '{"tenant":"a"}';
  const params = { ...oaep256(base64Der(rsa.publicKey)), EncryptionContext };
  expect((await exported(params, { EncryptionContext })).status).toBe(200);
});
