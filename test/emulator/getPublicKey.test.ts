import { createPublicKey } from "node:crypto";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk, newKey, newKeyPair, type Params } from "./clients";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ qps: 0 });
});
afterAll(() => emulator.close());

const refusal = async (params: Params) => {
  const { status, body } = await call(emulator, "GetPublicKey", params);
  return [status, body.Code];
};

test.each([
  ["RSA_2048", 2048],
  ["RSA_3072", 3072],
])("of %s is PEM that Node writes in the same way", async (KeySpec, modulusLength) => {
  const pair = await newKeyPair(emulator, KeySpec);
  const answer = await callOk(emulator, "GetPublicKey", pair);
  expect(Object.keys(answer).sort()).toEqual(["KeyId", "KeyVersionId", "PublicKey", "RequestId"]);
  expect(answer).toMatchObject(pair);
  const key = createPublicKey(answer.PublicKey);
  expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength });
  expect(key.export({ format: "pem", type: "spki" })).toBe(answer.PublicKey);
});

test("of EC_SM2 is the SubjectPublicKeyInfo of a point on SM2's curve", async () => {
  const { PublicKey } = await callOk(emulator, "GetPublicKey", await newKeyPair(emulator, "EC_SM2"));
  const der = Buffer.from(PublicKey.replaceAll(/-----.*-----|\n/g, ""), "base64");
  expect(der).toHaveLength(91);
  expect(der.toString("hex")).toMatch(/^3059301306072a8648ce3d020106082a811ccf5501822d03420004/);
});

test("differs from version to version, and an old one stays", async () => {
  const pair = await newKeyPair(emulator, "EC_SM2");
  const old = await callOk(emulator, "GetPublicKey", pair);
  await callOk(emulator, "CreateKeyVersion", { KeyId: pair.KeyId });
  const KeyVersionId = (await callOk(emulator, "DescribeKey", { KeyId: pair.KeyId })).KeyMetadata.PrimaryKeyVersion;
  const newest = await callOk(emulator, "GetPublicKey", { ...pair, KeyVersionId });
  expect(newest.PublicKey).not.toBe(old.PublicKey);
  expect((await callOk(emulator, "GetPublicKey", pair)).PublicKey).toBe(old.PublicKey);
});

test("refuses what names no version of a usable key pair", async () => {
  const pair = await newKeyPair(emulator, "EC_SM2");
  expect(await refusal({ KeyId: pair.KeyId })).toEqual([400, "MissingParameter"]);
  expect(await refusal({ KeyVersionId: pair.KeyVersionId })).toEqual([400, "MissingParameter"]);
  expect(await refusal({ ...pair, KeyId: "none" })).toEqual([404, "Forbidden.KeyNotFound"]);
  expect(await refusal({ ...pair, KeyVersionId: "none" })).toEqual([404, "Forbidden.KeyVersionNotFound"]);
  const symmetric = { KeyId: await newKey(emulator), KeyVersionId: "any" };
  expect(await refusal(symmetric)).toEqual([400, "Rejected.UnsupportedOperation"]);
  await callOk(emulator, "DisableKey", { KeyId: pair.KeyId });
  expect(await refusal(pair)).toEqual([409, "Rejected.Disabled"]);
});
