import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey } from "./clients";
import { errorOf } from "./errorOf";

let emulator: Emulator;
let KeyId: string;
beforeAll(async () => {
  emulator = await startEmulator({ account: "42" });
  KeyId = await newKey(emulator, { DKMSInstanceId: "kst-abc1" });
});
afterAll(() => emulator.close());

const policy = (Sid: string) =>
  `{"Version": "1", "Statement": [{"Sid": ${JSON.stringify(Sid)}, "Effect": "Deny", "Action": ["kms:*"]}]}`;

describe("GetKeyPolicy and SetKeyPolicy", () => {
  test("keep a policy as it was given, and do not enforce it", async () => {
    const given = JSON.parse((await callOk(emulator, "GetKeyPolicy", { KeyId })).Policy) as Record<string, unknown>;
    expect(given).toMatchObject({ Version: "1", Statement: [{ Principal: { RAM: ["acs:ram::42:*"] } }] });
    await callOk(emulator, "SetKeyPolicy", { KeyId, Policy: policy("nobody"), PolicyName: "default" });
    const { Policy } = await callOk(emulator, "GetKeyPolicy", { KeyId, PolicyName: "default" });
    expect(Policy).toBe(policy("nobody"));
    await callOk(emulator, "GenerateDataKey", { KeyId });
  });

  test("know a policy that CreateKey was given", async () => {
    const made = await newKey(emulator, { DKMSInstanceId: "kst-abc1", Policy: policy("made") });
    expect((await callOk(emulator, "GetKeyPolicy", { KeyId: made })).Policy).toBe(policy("made"));
  });

  test("are for keys of an instance, and for the policy named default", async () => {
    const outside = await newKey(emulator);
    const unsupported = [400, "Forbidden.KeyPolicyUnSupported"];
    expect(await errorOf(emulator, "GetKeyPolicy", { KeyId: outside })).toEqual(unsupported);
    expect(await errorOf(emulator, "SetKeyPolicy", { KeyId: outside, Policy: policy("x") })).toEqual(unsupported);
    expect(await errorOf(emulator, "CreateKey", { Policy: policy("x") })).toEqual(unsupported);
    const other = await errorOf(emulator, "GetKeyPolicy", { KeyId, PolicyName: "other" });
    expect(other).toEqual([404, "Forbidden.ResourceNotFound"]);
  });

  test.each([
    "x",
    "[]",
    "null",
    '"1"',
    "{}",
    '{"Version":"1"}',
    '{"Version":"1","Statement":[]}',
    policy("密".repeat(10_900)),
  ])("refuse the policy %.40s", async (Policy) => {
    expect(await errorOf(emulator, "SetKeyPolicy", { KeyId, Policy })).toEqual([400, "InvalidParameter"]);
  });

  test("need a policy to set, and a key that is not pending deletion", async () => {
    expect(await errorOf(emulator, "SetKeyPolicy", { KeyId })).toEqual([400, "MissingParameter"]);
    const pending = await newKey(emulator, { DKMSInstanceId: "kst-abc1" });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId: pending, PendingWindowInDays: "7" });
    const refused = await errorOf(emulator, "SetKeyPolicy", { KeyId: pending, Policy: policy("late") });
    expect(refused).toEqual([409, "Rejected.PendingDeletion"]);
    await callOk(emulator, "GetKeyPolicy", { KeyId: pending });
  });
});
