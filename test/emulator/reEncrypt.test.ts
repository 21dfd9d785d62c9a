import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk, newKey, newKeyPair, type Params } from "./clients";

let emulator: Emulator;
let source: string;
let destination: string;
let CiphertextBlob: string;
const Plaintext = Buffer.from("a data key").toString("base64");
const context = '{"tenant":"a"}';
beforeAll(async () => {
  emulator = await startEmulator({ qps: 0, seed: { keys: [{ state: "Disabled", aliases: ["alias/Disabled"] }] } });
  source = await newKey(emulator);
  destination = await newKey(emulator, { KeySpec: "Aliyun_SM4" });
  const params = { KeyId: source, Plaintext, EncryptionContext: context };
  CiphertextBlob = (await callOk(emulator, "Encrypt", params)).CiphertextBlob;
});
afterAll(() => emulator.close());

const given = (): Params => ({ CiphertextBlob, SourceEncryptionContext: context, DestinationKeyId: destination });
const refusal = async (params: Params) => {
  const { status, body } = await call(emulator, "ReEncrypt", params);
  return [status, body.Code];
};
const opened = async (blob: string, EncryptionContext = "") =>
  callOk(emulator, "Decrypt", { CiphertextBlob: blob, EncryptionContext });

describe("a symmetric source", () => {
  test("moves to another key and context; the answer names the source, the blob the destination", async () => {
    const moved = await callOk(emulator, "ReEncrypt", { ...given(), DestinationEncryptionContext: '{"tenant":"b"}' });
    const before = await opened(CiphertextBlob, context);
    expect(moved).toMatchObject({ KeyId: source, KeyVersionId: before.KeyVersionId });
    expect(Object.keys(moved).sort()).toEqual(["CiphertextBlob", "KeyId", "KeyVersionId", "RequestId"]);
    expect(await opened(moved.CiphertextBlob, '{"tenant":"b"}')).toMatchObject({ KeyId: destination, Plaintext });
  });

  test("loses its context where none is asked for", async () => {
    const moved = await callOk(emulator, "ReEncrypt", given());
    expect((await opened(moved.CiphertextBlob)).Plaintext).toBe(Plaintext);
  });

  test("moves to the newest version of its own key", async () => {
    const own = { ...given(), DestinationKeyId: source };
    await callOk(emulator, "CreateKeyVersion", { KeyId: source });
    const moved = await callOk(emulator, "ReEncrypt", own);
    const [before, after] = [await opened(CiphertextBlob, context), await opened(moved.CiphertextBlob)];
    expect(moved.KeyVersionId).toBe(before.KeyVersionId);
    expect(after.KeyVersionId).not.toBe(before.KeyVersionId);
    expect(after).toMatchObject({ KeyId: source, Plaintext });
  });

  test("may be named by its key, under any of its names", async () => {
    await callOk(emulator, "CreateAlias", { KeyId: source, AliasName: "alias/source" });
    for (const SourceKeyId of [source, "alias/source"]) {
      expect((await callOk(emulator, "ReEncrypt", { ...given(), SourceKeyId })).KeyId).toBe(source);
    }
  });

  test("as text that is not base64 of bytes stays that text", async () => {
    const made = await callOk(emulator, "Encrypt", { KeyId: source, Plaintext: "plaintext" });
    const params = { CiphertextBlob: made.CiphertextBlob, DestinationKeyId: destination };
    const moved = await callOk(emulator, "ReEncrypt", params);
    expect((await opened(moved.CiphertextBlob)).Plaintext).toBe("plaintext");
  });

  test.each<[string, () => Params, number, string]>([
    ["without a ciphertext", () => ({ CiphertextBlob: "" }), 400, "MissingParameter"],
    ["without a destination", () => ({ DestinationKeyId: "" }), 400, "MissingParameter"],
    ["without its context", () => ({ SourceEncryptionContext: "" }), 400, "InvalidParameter"],
    ["with another context", () => ({ SourceEncryptionContext: '{"tenant":"b"}' }), 400, "InvalidParameter"],
    ["with its context flattened", () => ({ "SourceEncryptionContext.tenant": "a" }), 400, "InvalidParameter"],
    ["to a context that is no JSON", () => ({ DestinationEncryptionContext: "{" }), 400, "InvalidParameter"],
    ["named by another key", () => ({ SourceKeyId: destination }), 400, "InvalidParameter"],
    ["named by an unknown key", () => ({ SourceKeyId: "alias/none" }), 404, "Forbidden.AliasNotFound"],
    ["to an unknown key", () => ({ DestinationKeyId: "none" }), 404, "Forbidden.KeyNotFound"],
    ["to a disabled key", () => ({ DestinationKeyId: "alias/Disabled" }), 409, "Rejected.Disabled"],
    ["that is broken", () => ({ CiphertextBlob: `${CiphertextBlob.slice(0, -8)}AAAAAAA=` }), 400, "InvalidParameter"],
    ["that is no base64", () => ({ CiphertextBlob: "*" }), 400, "InvalidParameter"],
  ])("%s is refused", async (_, change, status, code) => {
    expect(await refusal({ ...given(), ...change() })).toEqual([status, code]);
  });

  test("that is broken tells that it is its context or its bytes, in the parameter's own name", async () => {
    const { body } = await call(emulator, "ReEncrypt", { ...given(), SourceEncryptionContext: "[]" });
    expect(body.Message).toContain("SourceEncryptionContext");
  });
});

describe.each([
  ["RSA_2048", "RSAES_OAEP_SHA_256"],
  ["RSA_2048", "RSAES_OAEP_SHA_1"],
  ["EC_SM2", "SM2PKE"],
])("a source that %s made with %s", (KeySpec, Algorithm) => {
  let pair: { KeyId: string; KeyVersionId: string };
  let params: Params;
  beforeAll(async () => {
    pair = await newKeyPair(emulator, KeySpec);
    const made = await callOk(emulator, "AsymmetricEncrypt", { ...pair, Algorithm, Plaintext });
    params = {
      CiphertextBlob: made.CiphertextBlob,
      SourceKeyId: pair.KeyId,
      SourceKeyVersionId: pair.KeyVersionId,
      SourceEncryptionAlgorithm: Algorithm,
      DestinationKeyId: destination,
      DestinationEncryptionContext: context,
    };
  });

  test("moves under a symmetric key", async () => {
    const moved = await callOk(emulator, "ReEncrypt", params);
    expect(moved).toMatchObject(pair);
    expect(await opened(moved.CiphertextBlob, context)).toMatchObject({ KeyId: destination, Plaintext });
  });

  test.each<[string, () => Params, number, string]>([
    ["without its key", () => ({ SourceKeyId: "" }), 400, "MissingParameter"],
    ["without its version", () => ({ SourceKeyVersionId: "" }), 400, "MissingParameter"],
    ["without its algorithm", () => ({ SourceEncryptionAlgorithm: "" }), 400, "MissingParameter"],
    ["with an unknown algorithm", () => ({ SourceEncryptionAlgorithm: "RSA" }), 400, "InvalidParameter"],
    ["with an unknown version", () => ({ SourceKeyVersionId: "none" }), 404, "Forbidden.KeyVersionNotFound"],
    ["with a symmetric key", () => ({ SourceKeyId: source }), 400, "Rejected.UnsupportedOperation"],
    ["to a key pair", () => ({ DestinationKeyId: pair.KeyId }), 400, "UnsupportedOperation"],
    ["with a context", () => ({ SourceEncryptionContext: context }), 400, "InvalidParameter"],
    ["that is symmetric in truth", () => ({ CiphertextBlob }), 400, "InvalidParameter"],
  ])("%s is refused", async (_, change, status, code) => {
    expect(await refusal({ ...params, ...change() })).toEqual([status, code]);
  });
});
