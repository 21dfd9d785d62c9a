import { startEmulator, type Emulator } from "../../emulator/emulator";
import { newSm2Pair, sm2PublicKeyDer } from "../../emulator/wrapping/sm2Key";
import { call, callOk, newKeyPair, type Params } from "./clients";

/** Every action whose page has DryRun and that the emulator has. */
const actions = [
  "AsymmetricDecrypt",
  "AsymmetricEncrypt",
  "Decrypt",
  "Encrypt",
  "ExportDataKey",
  "GenerateAndExportDataKey",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GetPublicKey",
  "ReEncrypt",
];

let emulator: Emulator;
/** Parameters that make each action succeed. */
let good: Record<string, Params>;
const limited = { id: "limited", secret: "limited" };
beforeAll(async () => {
  emulator = await startEmulator({
    qps: 0,
    seed: {
      accessKeys: [
        { id: "all", secret: "all" },
        { ...limited, allow: ["kms:DescribeKey"] },
      ],
    },
  });
  const { KeyMetadata } = await callOk(emulator, "CreateKey");
  const { KeyId } = KeyMetadata;
  const Plaintext = Buffer.from("plain").toString("base64");
  const { CiphertextBlob } = await callOk(emulator, "Encrypt", { KeyId, Plaintext });
  const pair = { ...(await newKeyPair(emulator, "EC_SM2")), Algorithm: "SM2PKE" };
  const sealed = await callOk(emulator, "AsymmetricEncrypt", { ...pair, Plaintext });
  const wrapping = {
    PublicKeyBlob: sm2PublicKeyDer(newSm2Pair()).toString("base64"),
    WrappingKeySpec: "EC_SM2",
    WrappingAlgorithm: "SM2PKE",
  };
  good = {
    AsymmetricDecrypt: { ...pair, CiphertextBlob: sealed.CiphertextBlob },
    AsymmetricEncrypt: { ...pair, Plaintext },
    Decrypt: { CiphertextBlob },
    Encrypt: { KeyId, Plaintext },
    ExportDataKey: { CiphertextBlob, ...wrapping },
    GenerateAndExportDataKey: { KeyId, ...wrapping },
    GenerateDataKey: { KeyId },
    GenerateDataKeyWithoutPlaintext: { KeyId },
    GetPublicKey: pair,
    ReEncrypt: { CiphertextBlob, DestinationKeyId: KeyId },
  };
});
afterAll(() => emulator.close());

const dry = async (action: string, params: Params, to = emulator) => {
  const { status, body } = await call(to, action, { ...params, DryRun: "true" });
  return [status, body.Code];
};
/** The parameters with one that every action needs left out. */
const incomplete = (action: string): Params => {
  const params = { ...good[action] };
  for (const name of ["CiphertextBlob", "KeyId"]) {
    if (name in params) return { ...params, [name]: "" };
  }
  throw new Error(action);
};

describe.each(actions)("DryRun of %s", (action) => {
  test("says that the call would have succeeded, and answers nothing else", async () => {
    const { status, body } = await call(emulator, action, { ...good[action], DryRun: "true" });
    expect([status, body.Code]).toEqual([400, "DryRunOperationError"]);
    expect(Object.keys(body).sort()).toEqual(["Code", "HttpStatus", "Message", "RequestId"]);
    expect((await call(emulator, action, good[action])).status).toBe(200);
    expect((await call(emulator, action, { ...good[action], DryRun: "false" })).status).toBe(200);
  });

  test("says that a parameter is wrong", async () => {
    expect(await dry(action, incomplete(action))).toEqual([400, "ValidationError"]);
  });

  test("says that the caller may not", async () => {
    const caller = { ...emulator, accessKeyId: limited.id, accessKeySecret: limited.secret };
    expect(await dry(action, good[action] ?? {}, caller)).toEqual([403, "AccessDeniedError"]);
  });

  test("is true or false, nothing else", async () => {
    const { status, body } = await call(emulator, action, { ...good[action], DryRun: "maybe" });
    expect([status, body.Code]).toEqual([400, "InvalidParameter"]);
  });
});

test("of an unknown key, and of one in the wrong state, is a ValidationError that says which", async () => {
  expect(await dry("GenerateDataKey", { KeyId: "alias/none" })).toEqual([400, "ValidationError"]);
  const { KeyMetadata } = await callOk(emulator, "CreateKey");
  const { KeyId } = KeyMetadata;
  const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId });
  await callOk(emulator, "DisableKey", { KeyId });
  const { body } = await call(emulator, "ExportDataKey", { ...good.ExportDataKey, CiphertextBlob, DryRun: "true" });
  expect(body).toMatchObject({
    HttpStatus: 400,
    Code: "ValidationError",
    Message: "The request was rejected because the key state is Disabled.",
  });
});

test("is overlooked by an action that has none", async () => {
  expect((await call(emulator, "CreateKey", { DryRun: "true" })).status).toBe(200);
});
