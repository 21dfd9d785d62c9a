import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey } from "./clients";
import { errorOf } from "./errorOf";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ keyClock: () => new Date("2027-01-01T03:04:05.678Z") });
});
afterAll(() => emulator.close());

const describeKey = async (KeyId: string) => (await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata;

/** A key that was brought into the state as a user would. */
async function keyThatIs(state: string): Promise<string> {
  if (state === "PendingImport") {
    return (await callOk(emulator, "CreateKey", { Origin: "EXTERNAL" })).KeyMetadata.KeyId;
  }
  const KeyId = await newKey(emulator);
  if (state === "Disabled") await callOk(emulator, "DisableKey", { KeyId });
  if (state === "PendingDeletion") await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
  return KeyId;
}

describe("the state matrix of the page on key states", () => {
  const ok = "Success";
  const failed = "Rejected.StateModifiedFailed";
  const [disabled, pending, waiting] = ["Rejected.Disabled", "Rejected.PendingDeletion", "Rejected.PendingImport"];
  const policy = { EnableAutomaticRotation: "false" };
  test.each<[action: string, params: Record<string, string>, outcomes: string[]]>([
    ["GenerateDataKey", {}, [ok, disabled, pending, waiting]],
    ["GenerateDataKeyWithoutPlaintext", {}, [ok, disabled, pending, waiting]],
    ["Encrypt", { Plaintext: "AAAA" }, [ok, disabled, pending, waiting]],
    ["DescribeKey", {}, [ok, ok, ok, ok]],
    ["UpdateKeyDescription", { Description: "new" }, [ok, ok, pending, ok]],
    ["EnableKey", {}, [ok, ok, failed, failed]],
    ["DisableKey", {}, [ok, ok, failed, failed]],
    ["ScheduleKeyDeletion", { PendingWindowInDays: "7" }, [ok, ok, failed, ok]],
    ["CancelKeyDeletion", {}, [failed, failed, ok, failed]],
    ["SetDeletionProtection", { EnableDeletionProtection: "true" }, [ok, ok, pending, ok]],
    ["TagResource", { Tags: '[{"TagKey":"a","TagValue":"b"}]' }, [ok, ok, pending, ok]],
    ["UntagResource", { TagKeys: '["a"]' }, [ok, ok, pending, ok]],
    ["ListResourceTags", {}, [ok, ok, ok, ok]],
    ["CreateKeyVersion", {}, [ok, disabled, pending, waiting]],
    ["ListKeyVersions", {}, [ok, ok, ok, ok]],
    ["ListAliasesByKeyId", {}, [ok, ok, ok, ok]],
    ["UpdateRotationPolicy", policy, [ok, disabled, pending, waiting]],
  ])("%s", async (action, params, outcomes) => {
    const states = ["Enabled", "Disabled", "PendingDeletion", "PendingImport"];
    const found: string[] = [];
    for (const state of states) {
      const KeyId = await keyThatIs(state);
      const [status, code] = await errorOf(emulator, action, { KeyId, ...params });
      expect([200, 409]).toContain(status);
      found.push(status === 200 ? ok : code);
    }
    expect(found).toEqual(outcomes);
  });

  test("CreateAlias, DeleteAlias and UpdateAlias", async () => {
    for (const state of ["Enabled", "Disabled", "PendingImport"]) {
      const KeyId = await keyThatIs(state);
      const AliasName = `alias/of-${state}`;
      await callOk(emulator, "CreateAlias", { KeyId, AliasName });
      await callOk(emulator, "UpdateAlias", { KeyId, AliasName });
      await callOk(emulator, "DeleteAlias", { AliasName });
    }
    const KeyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/late" });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    expect(await errorOf(emulator, "CreateAlias", { KeyId, AliasName: "alias/later" })).toEqual([409, failed]);
    expect(await errorOf(emulator, "UpdateAlias", { KeyId, AliasName: "alias/late" })).toEqual([409, pending]);
    await callOk(emulator, "DeleteAlias", { AliasName: "alias/late" });
  });

  test("an unavailable key is neither enabled nor disabled", async () => {
    const seeded = await startEmulator({ seed: { keys: [{ state: "Unavailable", aliases: ["alias/gone"] }] } });
    const KeyId = "alias/gone";
    expect(await errorOf(seeded, "EnableKey", { KeyId })).toEqual([409, failed]);
    expect(await errorOf(seeded, "DisableKey", { KeyId })).toEqual([409, failed]);
    expect(await errorOf(seeded, "Encrypt", { KeyId, Plaintext: "AAAA" })).toEqual([409, "Rejected.Unavailable"]);
    await seeded.close();
  });
});

describe("DisableKey and EnableKey", () => {
  test("take a key out of use and back, and what it sealed with it", async () => {
    const KeyId = await newKey(emulator);
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId });
    await callOk(emulator, "DisableKey", { KeyId });
    expect((await describeKey(KeyId)).KeyState).toBe("Disabled");
    expect(await errorOf(emulator, "Decrypt", { CiphertextBlob })).toEqual([409, "Rejected.Disabled"]);
    await callOk(emulator, "EnableKey", { KeyId });
    await callOk(emulator, "Decrypt", { CiphertextBlob });
  });
});

describe("ScheduleKeyDeletion and CancelKeyDeletion", () => {
  test("set a date so many days from now, and take it back", async () => {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "DisableKey", { KeyId });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "366" });
    expect(await describeKey(KeyId)).toMatchObject({
      KeyState: "PendingDeletion",
      DeleteDate: "2028-01-02T03:04:05Z",
    });
    await callOk(emulator, "CancelKeyDeletion", { KeyId });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "Enabled", DeleteDate: "" });
  });

  test("give an external key back as it was", async () => {
    const KeyId = await keyThatIs("PendingImport");
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    expect((await describeKey(KeyId)).Origin).toBe("EXTERNAL");
    await callOk(emulator, "CancelKeyDeletion", { KeyId });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "PendingImport", Origin: "EXTERNAL" });
  });

  test.each(["6", "367", "7.5", "-7", "x"])("refuse a window of %s days", async (PendingWindowInDays) => {
    const KeyId = await newKey(emulator);
    const refused = await errorOf(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays });
    expect(refused).toEqual([400, "InvalidParameter"]);
  });

  test("need a window", async () => {
    const KeyId = await newKey(emulator);
    expect(await errorOf(emulator, "ScheduleKeyDeletion", { KeyId })).toEqual([400, "MissingParameter"]);
  });
});

describe("SetDeletionProtection", () => {
  const protect = (params: Record<string, string>) =>
    callOk(emulator, "SetDeletionProtection", { EnableDeletionProtection: "true", ...params });

  test("keeps a key from being deleted until it is taken off", async () => {
    const KeyId = await newKey(emulator);
    await protect({ KeyId, DeletionProtectionDescription: "orders need it" });
    expect(await describeKey(KeyId)).toMatchObject({
      DeletionProtection: "Enabled",
      DeletionProtectionDescription: "orders need it",
    });
    const refused = await errorOf(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    expect(refused).toEqual([409, "Rejected.StateModifiedFailed"]);
    await callOk(emulator, "SetDeletionProtection", { KeyId, EnableDeletionProtection: "false" });
    expect(await describeKey(KeyId)).toMatchObject({
      DeletionProtection: "Disabled",
      DeletionProtectionDescription: "",
    });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
  });

  test("takes the key's ARN, its ID, or both where they name one key", async () => {
    const KeyId = await newKey(emulator);
    const { Arn = "" } = await describeKey(KeyId);
    await protect({ ProtectedResourceArn: Arn });
    await protect({ ProtectedResourceArn: Arn, KeyId });
    expect((await describeKey(KeyId)).DeletionProtection).toBe("Enabled");
    const other = { KeyId: await newKey(emulator), ProtectedResourceArn: Arn, EnableDeletionProtection: "true" };
    expect(await errorOf(emulator, "SetDeletionProtection", other)).toEqual([400, "InvalidParameter"]);
  });

  test.each([
    [{ EnableDeletionProtection: "true" }, 400, "MissingParameter"],
    [{ KeyId: "alias/none", EnableDeletionProtection: "true" }, 404, "Forbidden.AliasNotFound"],
    [{ KeyId: "alias/none" }, 400, "MissingParameter"],
    [{ KeyId: "alias/none", EnableDeletionProtection: "yes" }, 400, "InvalidParameter"],
  ])("with %p is %d %s", async (params, status, code) => {
    expect(await errorOf(emulator, "SetDeletionProtection", params as Record<string, string>)).toEqual([status, code]);
  });
});

describe("UpdateKeyDescription", () => {
  test("says something else, or nothing", async () => {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "UpdateKeyDescription", { KeyId, Description: "für Bestellungen" });
    expect((await describeKey(KeyId)).Description).toBe("für Bestellungen");
    await callOk(emulator, "UpdateKeyDescription", { KeyId });
    expect((await describeKey(KeyId)).Description).toBe("");
  });

  test("refuses more than 8,192 characters", async () => {
    const KeyId = await newKey(emulator);
    const Description = "x".repeat(8193);
    expect(await errorOf(emulator, "UpdateKeyDescription", { KeyId, Description })).toEqual([400, "InvalidParameter"]);
  });
});
