import { generateKeyPairSync, privateDecrypt } from "node:crypto";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { decryptSm2 } from "../../emulator/wrapping/sm2";
import { newSm2Pair, sm2PublicKeyDer } from "../../emulator/wrapping/sm2Key";
import { call, callOk, newKey, newKeyPair, type Params } from "./clients";

let emulator: Emulator;
let keyId: string;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const sm2Pair = newSm2Pair();
beforeAll(async () => {
  emulator = await startEmulator();
  keyId = await newKey(emulator);
});
afterAll(() => emulator.close());

const oaep = (): Params => ({
  KeyId: keyId,
  PublicKeyBlob: rsa.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
  WrappingKeySpec: "RSA_2048",
  WrappingAlgorithm: "RSAES_OAEP_SHA_256",
});
const sm2pke = (): Params => ({
  KeyId: keyId,
  PublicKeyBlob: sm2PublicKeyDer(sm2Pair).toString("base64"),
  WrappingKeySpec: "EC_SM2",
  WrappingAlgorithm: "SM2PKE",
});
const opensAs = async (CiphertextBlob: string, EncryptionContext = "") =>
  Buffer.from((await callOk(emulator, "Decrypt", { CiphertextBlob, EncryptionContext })).Plaintext, "base64");

test("answers the blob and the export of one and the same new data key, and no plaintext", async () => {
  const EncryptionContext = '{"a":"b"}';
  const made = await callOk(emulator, "GenerateAndExportDataKey", { ...oaep(), EncryptionContext });
  expect(Object.keys(made).sort()).toEqual(
    ["CiphertextBlob", "ExportedDataKey", "KeyId", "KeyVersionId", "RequestId"].sort(),
  );
  const wrapped = Buffer.from(made.ExportedDataKey ?? "", "base64");
  const dataKey = privateDecrypt({ key: rsa.privateKey, oaepHash: "sha256" }, wrapped);
  expect(dataKey).toHaveLength(32);
  expect(await opensAs(made.CiphertextBlob, EncryptionContext)).toEqual(dataKey);
});

test.each<[Params, number]>([
  [{ KeySpec: "AES_128" }, 16],
  [{ NumberOfBytes: "1024", KeySpec: "AES_128" }, 1024],
])("with %p makes %d bytes", async (params, length) => {
  const made = await callOk(emulator, "GenerateAndExportDataKey", { ...sm2pke(), ...params });
  const dataKey = decryptSm2(sm2Pair, Buffer.from(made.ExportedDataKey ?? "", "base64"));
  expect(dataKey).toHaveLength(length);
  expect(await opensAs(made.CiphertextBlob)).toEqual(dataKey);
});

test.each<[string, Params, string]>([
  ["to go without a public key", { PublicKeyBlob: "" }, "MissingParameter"],
  ["to go without an algorithm", { WrappingAlgorithm: "" }, "MissingParameter"],
  ["to go without a key", { KeyId: "" }, "MissingParameter"],
  ["191 bytes for SHA-256", { NumberOfBytes: "191" }, "InvalidParameter"],
  ["1,025 bytes", { NumberOfBytes: "1025" }, "InvalidParameter"],
  ["a broken public key", { PublicKeyBlob: "AAAA" }, "InvalidParameter"],
  ["a broken context", { EncryptionContext: "[]" }, "InvalidParameter"],
])("refuses %s", async (_, change, code) => {
  const { status, body } = await call(emulator, "GenerateAndExportDataKey", { ...oaep(), ...change });
  expect([status, body.Code]).toEqual([400, code]);
});

test("refuses a key pair", async () => {
  const { KeyId } = await newKeyPair(emulator, "EC_SM2");
  const { body } = await call(emulator, "GenerateAndExportDataKey", { ...oaep(), KeyId });
  expect(body.Code).toBe("UnsupportedOperation");
});
