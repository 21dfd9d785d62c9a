import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey } from "./clients";
import { errorOf } from "./errorOf";

let data: string;
let emulator: Emulator;
beforeEach(async () => {
  data = fs.mkdtempSync(join(tmpdir(), "aliases-"));
  emulator = await startEmulator({ data, account: "42" });
});
afterEach(async () => {
  await emulator.close();
  fs.rmSync(data, { recursive: true });
});

const keyIdOf = async (alias: string) => (await callOk(emulator, "DescribeKey", { KeyId: alias })).KeyMetadata.KeyId;
const reopen = async () => {
  await emulator.close();
  emulator = await startEmulator({ data, account: "42" });
};

describe("UpdateAlias", () => {
  test("lets the alias stand for another key, for good", async () => {
    const [first, second] = [await newKey(emulator), await newKey(emulator)];
    await callOk(emulator, "CreateAlias", { KeyId: first, AliasName: "alias/moved" });
    await callOk(emulator, "UpdateAlias", { KeyId: second, AliasName: "alias/moved" });
    expect(await keyIdOf("alias/moved")).toBe(second);
    await reopen();
    expect(await keyIdOf("alias/moved")).toBe(second);
  });

  test("works whatever the state of the key that loses it", async () => {
    const [first, second] = [await newKey(emulator), await newKey(emulator)];
    await callOk(emulator, "CreateAlias", { KeyId: first, AliasName: "alias/moved" });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId: first, PendingWindowInDays: "7" });
    await callOk(emulator, "UpdateAlias", { KeyId: second, AliasName: "alias/moved" });
    expect(await keyIdOf("alias/moved")).toBe(second);
  });

  test("refuses an alias that is not there, one that cannot be, and an unknown key", async () => {
    const KeyId = await newKey(emulator);
    const update = (AliasName: string, to = KeyId) => errorOf(emulator, "UpdateAlias", { KeyId: to, AliasName });
    expect(await update("alias/none")).toEqual([404, "Forbidden.AliasNotFound"]);
    expect(await update("none")).toEqual([400, "InvalidParameter"]);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/there" });
    expect(await update("alias/there", "key-000000000000000000000")).toEqual([404, "Forbidden.KeyNotFound"]);
  });
});

describe("DeleteAlias", () => {
  test("takes the name away, for good, and leaves the key", async () => {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/gone" });
    await callOk(emulator, "DeleteAlias", { AliasName: "alias/gone" });
    expect(await errorOf(emulator, "DescribeKey", { KeyId: "alias/gone" })).toEqual([404, "Forbidden.AliasNotFound"]);
    await reopen();
    expect(await errorOf(emulator, "DeleteAlias", { AliasName: "alias/gone" })).toEqual([
      404,
      "Forbidden.AliasNotFound",
    ]);
    expect(await keyIdOf(KeyId)).toBe(KeyId);
  });

  test("needs the alias itself", async () => {
    expect(await errorOf(emulator, "DeleteAlias")).toEqual([400, "MissingParameter"]);
    const AliasName = await newKey(emulator);
    expect(await errorOf(emulator, "DeleteAlias", { AliasName })).toEqual([400, "InvalidParameter"]);
  });
});

describe("ListAliases and ListAliasesByKeyId", () => {
  test("list aliases by name, all of them or those of one key, in pages", async () => {
    const [first, second] = [await newKey(emulator), await newKey(emulator)];
    for (const [AliasName, KeyId] of [
      ["alias/c", first],
      ["alias/a", second],
      ["alias/b", first],
    ] as const) {
      await callOk(emulator, "CreateAlias", { KeyId, AliasName });
    }
    const alias = (AliasName: string, KeyId: string) => ({
      AliasName,
      AliasArn: `acs:kms:cn-hangzhou:42:${AliasName}`,
      KeyId,
    });
    expect(await callOk(emulator, "ListAliases")).toMatchObject({
      TotalCount: 3,
      PageNumber: 1,
      PageSize: 10,
      Aliases: { Alias: [alias("alias/a", second), alias("alias/b", first), alias("alias/c", first)] },
    });
    expect(await callOk(emulator, "ListAliases", { PageNumber: "2", PageSize: "2" })).toMatchObject({
      TotalCount: 3,
      Aliases: { Alias: [alias("alias/c", first)] },
    });
    expect(await callOk(emulator, "ListAliasesByKeyId", { KeyId: "alias/b", PageSize: "101" })).toMatchObject({
      TotalCount: 2,
      Aliases: { Alias: [alias("alias/b", first), alias("alias/c", first)] },
    });
    expect((await callOk(emulator, "ListAliases", { PageSize: "0" })).Aliases.Alias).toEqual([]);
    expect(await errorOf(emulator, "ListAliases", { PageSize: "101" })).toEqual([400, "InvalidParameter"]);
    expect(await errorOf(emulator, "ListAliasesByKeyId")).toEqual([400, "MissingParameter"]);
  });
});
