import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../emulator/emulator";
import { callOk, newKey, type Params } from "./clients";
import { errorOf } from "./errorOf";

const day = 86_400_000;
const start = Date.parse("2026-01-01T00:00:00Z");
let time: number;
let data: string;
const running: Emulator[] = [];
beforeEach(() => {
  time = start;
  data = fs.mkdtempSync(join(tmpdir(), "time-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
  fs.rmSync(data, { recursive: true });
});

async function open(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ data, keyClock: () => new Date(time), ...options });
  running.push(emulator);
  return emulator;
}
const describeKey = async (emulator: Emulator, KeyId: string) =>
  (await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata;
const versionIds = async (emulator: Emulator, KeyId: string) =>
  (await callOk(emulator, "ListKeyVersions", { KeyId })).KeyVersions.KeyVersion.map((each) => each.KeyVersionId);
const rotating = { EnableAutomaticRotation: "true", RotationInterval: "7d" };

describe("automatic rotation", () => {
  test("makes a new primary version when it is due, and what the old one sealed still opens", async () => {
    const emulator = await open();
    const KeyId = await newKey(emulator, rotating);
    const first = await describeKey(emulator, KeyId);
    expect(first).toMatchObject({
      AutomaticRotation: "Enabled",
      RotationInterval: "604800s",
      LastRotationDate: "2026-01-01T00:00:00Z",
      NextRotationDate: "2026-01-08T00:00:00Z",
    });
    const { CiphertextBlob, Plaintext } = await callOk(emulator, "GenerateDataKey", { KeyId });
    time = start + 7 * day - 1;
    expect((await describeKey(emulator, KeyId)).PrimaryKeyVersion).toBe(first.PrimaryKeyVersion);
    time += 1;
    const { KeyVersionId } = await callOk(emulator, "GenerateDataKey", { KeyId });
    expect(KeyVersionId).not.toBe(first.PrimaryKeyVersion);
    expect(await describeKey(emulator, KeyId)).toMatchObject({
      PrimaryKeyVersion: KeyVersionId,
      LastRotationDate: "2026-01-08T00:00:00Z",
      NextRotationDate: "2026-01-15T00:00:00Z",
      CreationDate: "2026-01-01T00:00:00Z",
    });
    expect(await versionIds(emulator, KeyId)).toEqual([first.PrimaryKeyVersion, KeyVersionId]);
    expect(await callOk(emulator, "Decrypt", { CiphertextBlob })).toMatchObject({
      Plaintext,
      KeyVersionId: first.PrimaryKeyVersion,
    });
  });

  test("rotates once at the start, however many dates went by, and keeps it", async () => {
    const KeyId = await newKey(await open(), rotating);
    await running.pop()?.close();
    time = start + 30 * day;
    const [first, second, ...more] = await versionIds(await open(), KeyId);
    expect(more).toEqual([]);
    await running.pop()?.close();
    time += day;
    expect(await versionIds(await open(), KeyId)).toEqual([first, second]);
  });

  test("is suspended while the key is not enabled, and made up for afterwards", async () => {
    const emulator = await open();
    const KeyId = await newKey(emulator, rotating);
    await callOk(emulator, "DisableKey", { KeyId });
    time = start + 8 * day;
    expect(await describeKey(emulator, KeyId)).toMatchObject({
      AutomaticRotation: "Suspended",
      RotationInterval: "604800s",
      NextRotationDate: "2026-01-08T00:00:00Z",
    });
    expect(await versionIds(emulator, KeyId)).toHaveLength(1);
    await callOk(emulator, "EnableKey", { KeyId });
    expect((await describeKey(emulator, KeyId)).LastRotationDate).toBe("2026-01-09T00:00:00Z");
  });

  test("UpdateRotationPolicy turns it on, changes it and turns it off", async () => {
    const emulator = await open();
    const KeyId = await newKey(emulator);
    const before = await describeKey(emulator, KeyId);
    expect(before.AutomaticRotation).toBe("Disabled");
    expect(Object.keys(before)).not.toContain("RotationInterval");
    expect(Object.keys(before)).not.toContain("NextRotationDate");
    await callOk(emulator, "UpdateRotationPolicy", {
      KeyId,
      EnableAutomaticRotation: "true",
      RotationInterval: "168h",
    });
    expect(await describeKey(emulator, KeyId)).toMatchObject({ RotationInterval: "604800s" });
    await callOk(emulator, "UpdateRotationPolicy", { KeyId, ...rotating, RotationInterval: "605800s" });
    expect((await describeKey(emulator, KeyId)).NextRotationDate).toBe("2026-01-08T00:16:40Z");
    // Terraform sends the interval that it has in mind even where rotation is off.
    await callOk(emulator, "UpdateRotationPolicy", { KeyId, EnableAutomaticRotation: "false", RotationInterval: "1d" });
    expect(await describeKey(emulator, KeyId)).toEqual({ ...before });
  });

  test.each(["7d", "168h", "10080m", "604800s", "730d", "63072000s"])("takes an interval of %s", async (text) => {
    await newKey(await open(), { ...rotating, RotationInterval: text });
  });

  test.each(["6d", "604799s", "731d", "63072001s", "7", "d", "7w", "7 d", "07d", "-7d", "1e9s", "7.5d"])(
    "refuses an interval of %s",
    async (RotationInterval) => {
      const emulator = await open();
      const params = { ...rotating, RotationInterval };
      expect(await errorOf(emulator, "CreateKey", params)).toEqual([400, "InvalidParameter"]);
      const KeyId = await newKey(emulator);
      expect(await errorOf(emulator, "UpdateRotationPolicy", { KeyId, ...params })).toEqual([400, "InvalidParameter"]);
    },
  );

  test.each<[string, Params, number, string]>([
    ["CreateKey", { EnableAutomaticRotation: "true" }, 400, "MissingParameter"],
    ["CreateKey", { ...rotating, KeySpec: "RSA_2048" }, 400, "Rejected.UnsupportedOperation"],
    ["CreateKey", { ...rotating, Origin: "EXTERNAL" }, 400, "Rejected.UnsupportedOperation"],
    ["UpdateRotationPolicy", { KeyId: "alias/none", RotationInterval: "7d" }, 400, "MissingParameter"],
    ["UpdateRotationPolicy", { KeyId: "alias/none", ...rotating }, 404, "Forbidden.AliasNotFound"],
  ])("%s with %p is %d %s", async (action, params, status, code) => {
    expect(await errorOf(await open(), action, params)).toEqual([status, code]);
  });

  test("is not for key pairs", async () => {
    const emulator = await open();
    const KeyId = await newKey(emulator, { KeySpec: "EC_SM2" });
    const refused = await errorOf(emulator, "UpdateRotationPolicy", { KeyId, ...rotating });
    expect(refused).toEqual([400, "Rejected.UnsupportedOperation"]);
  });
});

describe("a key whose date has come", () => {
  const keyFile = (KeyId: string) => join(data, "keys", `${KeyId}.json`);
  async function doomed(emulator: Emulator) {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/doomed" });
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    return { KeyId, CiphertextBlob };
  }

  test("is gone, with its aliases, its ciphertexts and its file", async () => {
    const emulator = await open();
    const { KeyId, CiphertextBlob } = await doomed(emulator);
    time = start + 7 * day - 1000;
    await callOk(emulator, "DescribeKey", { KeyId: "alias/doomed" });
    time = start + 7 * day;
    expect(await errorOf(emulator, "Decrypt", { CiphertextBlob })).toEqual([404, "Forbidden.KeyNotFound"]);
    expect(await errorOf(emulator, "DescribeKey", { KeyId })).toEqual([404, "Forbidden.KeyNotFound"]);
    expect(await errorOf(emulator, "CancelKeyDeletion", { KeyId })).toEqual([404, "Forbidden.KeyNotFound"]);
    const byAlias = await errorOf(emulator, "DescribeKey", { KeyId: "alias/doomed" });
    expect(byAlias).toEqual([404, "Forbidden.AliasNotFound"]);
    expect((await callOk(emulator, "ListAliases")).Aliases.Alias).toEqual([]);
    expect((await callOk(emulator, "ListKeys")).TotalCount).toBe(0);
    expect(fs.readdirSync(join(data, "keys"))).toEqual([]);
    await callOk(emulator, "CreateAlias", { KeyId: await newKey(emulator), AliasName: "alias/doomed" });
  });

  test("is gone at the next start, and only lists need to be asked", async () => {
    const { KeyId } = await doomed(await open());
    await running.pop()?.close();
    expect(fs.existsSync(keyFile(KeyId))).toBe(true);
    time = start + 8 * day;
    const emulator = await open();
    expect(fs.existsSync(keyFile(KeyId))).toBe(false);
    expect((await callOk(emulator, "ListAliases")).TotalCount).toBe(0);
  });

  test("is overwritten before its file is deleted", async () => {
    const emulator = await open();
    const { KeyId } = await doomed(emulator);
    const file = `${keyFile(KeyId)}.unfinished`;
    const real = fs.rmSync;
    const left: string[] = [];
    const spy = jest.spyOn(fs, "rmSync").mockImplementation((path, options) => {
      if (path === file) left.push(fs.readFileSync(file, "latin1"));
      real(path, options);
    });
    time = start + 7 * day;
    await callOk(emulator, "ListKeys");
    spy.mockRestore();
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/^\0{100,}$/);
  });

  test("stays while it is protected by nothing but its date", async () => {
    const emulator = await open();
    const { KeyId } = await doomed(emulator);
    time = start + 6 * day;
    await callOk(emulator, "CancelKeyDeletion", { KeyId });
    time = start + 60 * day;
    await callOk(emulator, "GenerateDataKey", { KeyId: "alias/doomed" });
  });
});
