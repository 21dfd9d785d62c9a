import { randomBytes } from "node:crypto";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { newSm2Pair, sm2PublicKeyDer } from "../../emulator/wrapping/sm2Key";
import { call, callOk, newKey, newKeyPair, type Params } from "./clients";

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator({
    qps: 0,
    seed: {
      keys: (["Disabled", "PendingDeletion", "PendingImport", "Unavailable"] as const).map((state) => ({
        state,
        aliases: [`alias/${state}`],
      })),
    },
  });
  keyId = await newKey(emulator);
});
afterAll(() => emulator.close());

const refusal = async (action: string, params: Params) => {
  const { status, body } = await call(emulator, action, params);
  return [status, body.Code];
};
const hello = Buffer.from("hello").toString("base64");
const versionIn = (blob: string) => Buffer.from(blob, "base64").toString("latin1", 0, 36);

describe.each(["Aliyun_AES_256", "Aliyun_AES_128", "Aliyun_SM4"])("under %s", (KeySpec) => {
  let KeyId: string;
  beforeAll(async () => {
    KeyId = await newKey(emulator, { KeySpec });
  });

  test.each([1, 15, 16, 17, 32, 6144])("%d bytes come back, and the blob is laid out as KMS's", async (length) => {
    const Plaintext = randomBytes(length).toString("base64");
    const EncryptionContext = '{"tenant":"a"}';
    const made = await callOk(emulator, "Encrypt", { KeyId, Plaintext, EncryptionContext });
    expect(Object.keys(made).sort()).toEqual(["CiphertextBlob", "KeyId", "KeyVersionId", "RequestId"]);
    expect(made.KeyId).toBe(KeyId);
    const blob = Buffer.from(made.CiphertextBlob, "base64");
    expect(blob).toHaveLength(36 + 12 + Plaintext.length + 16);
    expect(versionIn(made.CiphertextBlob)).toBe(made.KeyVersionId);
    const opened = await callOk(emulator, "Decrypt", { CiphertextBlob: made.CiphertextBlob, EncryptionContext });
    expect(opened).toMatchObject({ KeyId, KeyVersionId: made.KeyVersionId, Plaintext });
    expect(await refusal("Decrypt", { CiphertextBlob: made.CiphertextBlob })).toEqual([400, "InvalidParameter"]);
  });

  test("a blob that was changed anywhere is refused, each time with a typed error", async () => {
    const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId, Plaintext: hello });
    const genuine = Buffer.from(CiphertextBlob, "base64");
    for (let at = 0; at < genuine.length; at++) {
      const changed = Buffer.from(genuine);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const [status, code] = await refusal("Decrypt", { CiphertextBlob: changed.toString("base64") });
      expect(["400 InvalidParameter", "404 Forbidden.KeyNotFound"]).toContain(`${status} ${code}`);
    }
  });

  test("the same plaintext never gives the same blob", async () => {
    const blobs = new Set<string>();
    for (let round = 0; round < 10; round++) {
      blobs.add((await callOk(emulator, "Encrypt", { KeyId, Plaintext: hello })).CiphertextBlob);
    }
    expect(blobs.size).toBe(10);
  });

  test("data keys work as under every other spec", async () => {
    const { CiphertextBlob, Plaintext } = await callOk(emulator, "GenerateDataKey", { KeyId });
    expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
  });
});

test("a new version encrypts, and the old one still decrypts", async () => {
  const before = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext: hello });
  await callOk(emulator, "CreateKeyVersion", { KeyId: keyId });
  const after = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext: hello });
  const dataKey = await callOk(emulator, "GenerateDataKeyWithoutPlaintext", { KeyId: keyId });
  expect(after.KeyVersionId).not.toBe(before.KeyVersionId);
  expect(versionIn(after.CiphertextBlob)).toBe(after.KeyVersionId);
  expect(dataKey.KeyVersionId).toBe(after.KeyVersionId);
  for (const { CiphertextBlob, KeyVersionId } of [before, after]) {
    const opened = await callOk(emulator, "Decrypt", { CiphertextBlob });
    expect(opened).toMatchObject({ KeyId: keyId, KeyVersionId, Plaintext: hello });
  }
});

test("text of the base64 alphabet comes back as it came, as Terraform's acceptance tests expect of KMS", async () => {
  for (const Plaintext of ["plaintext", "example", "A=", "a".repeat(6143)]) {
    const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext });
    expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
  }
});

describe("Encrypt refuses", () => {
  const plaintextOf = (length: number) => Buffer.alloc(length, 7).toString("base64");

  test.each<[string, Params, string]>([
    ["to go without a plaintext", { Plaintext: "" }, "MissingParameter"],
    ["to go without a key", { KeyId: "" }, "MissingParameter"],
    ["6,145 bytes", { Plaintext: plaintextOf(6145) }, "InvalidParameter"],
    ["6,145 characters that are not base64 of bytes", { Plaintext: "a".repeat(6145) }, "InvalidParameter"],
    ["text outside the alphabet", { Plaintext: "not base64!" }, "InvalidParameter"],
    ["base64 with a line break", { Plaintext: `${hello}\n` }, "InvalidParameter"],
    ["other scripts", { Plaintext: "密" }, "InvalidParameter"],
    ["a context that is no JSON", { EncryptionContext: "tenant=a" }, "InvalidParameter"],
    ["a flattened context", { "EncryptionContext.tenant": "a" }, "InvalidParameter"],
  ])("%s", async (_, change, code) => {
    expect(await refusal("Encrypt", { KeyId: keyId, Plaintext: hello, ...change })).toEqual([400, code]);
  });

  test.each(["Disabled", "PendingDeletion", "PendingImport", "Unavailable"])("a key that is %s", async (state) => {
    const params = { KeyId: `alias/${state}`, Plaintext: hello };
    expect(await refusal("Encrypt", params)).toEqual([409, `Rejected.${state}`]);
  });
});

describe("a key pair", () => {
  const symmetricOnly: [string, Params][] = [
    ["Encrypt", { Plaintext: hello }],
    ["GenerateDataKey", {}],
    ["GenerateDataKeyWithoutPlaintext", {}],
  ];

  test.each(symmetricOnly)("cannot be used by %s", async (action, params) => {
    const { KeyId } = await newKeyPair(emulator, "EC_SM2");
    expect(await refusal(action, { KeyId, ...params })).toEqual([400, "UnsupportedOperation"]);
  });

  test("has no symmetric ciphertexts: a blob that names its version is a forgery", async () => {
    const { KeyVersionId } = await newKeyPair(emulator, "EC_SM2");
    const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext: hello });
    const forged = Buffer.concat([Buffer.from(KeyVersionId), Buffer.from(CiphertextBlob, "base64").subarray(36)]);
    const params = { CiphertextBlob: forged.toString("base64") };
    expect(await refusal("Decrypt", params)).toEqual([400, "InvalidParameter"]);
  });
});

test("Decrypt and ExportDataKey obey the state of the key that the ciphertext names", async () => {
  const KeyId = await newKey(emulator);
  const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId, Plaintext: hello });
  const PublicKeyBlob = sm2PublicKeyDer(newSm2Pair()).toString("base64");
  const wrapping = { PublicKeyBlob, WrappingKeySpec: "EC_SM2", WrappingAlgorithm: "SM2PKE" };
  await callOk(emulator, "DisableKey", { KeyId });
  expect(await refusal("Decrypt", { CiphertextBlob })).toEqual([409, "Rejected.Disabled"]);
  expect(await refusal("ExportDataKey", { CiphertextBlob, ...wrapping })).toEqual([409, "Rejected.Disabled"]);
  expect(await refusal("ReEncrypt", { CiphertextBlob, DestinationKeyId: keyId })).toEqual([409, "Rejected.Disabled"]);
  await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
  expect(await refusal("Decrypt", { CiphertextBlob })).toEqual([409, "Rejected.PendingDeletion"]);
  await callOk(emulator, "CancelKeyDeletion", { KeyId });
  await callOk(emulator, "EnableKey", { KeyId });
  expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(hello);
});

test("Decrypt does not give plaintext to an enclave's request", async () => {
  const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId: keyId, Plaintext: hello });
  expect(await refusal("Decrypt", { CiphertextBlob, Recipient: "{}" })).toEqual([400, "UnsupportedOperation"]);
});
