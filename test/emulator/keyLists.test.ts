import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey, type Params } from "./clients";
import { errorOf } from "./errorOf";

let emulator: Emulator;
const ids: Record<string, string> = {};
beforeAll(async () => {
  let time = Date.parse("2026-01-01T00:00:00Z");
  emulator = await startEmulator({ region: "eu-central-1", account: "42", keyClock: () => new Date((time += 1000)) });
  ids.plain = await newKey(emulator);
  ids.hsm = await newKey(emulator, { ProtectionLevel: "HSM", KeySpec: "Aliyun_SM4" });
  ids.pair = await newKey(emulator, { KeySpec: "EC_SM2" });
  ids.instance = await newKey(emulator, { DKMSInstanceId: "kst-abc1" });
  ids.disabled = await newKey(emulator);
  await callOk(emulator, "DisableKey", { KeyId: ids.disabled });
});
afterAll(() => emulator.close());

const names = async (params: Params) => {
  const { Keys } = await callOk(emulator, "ListKeys", params);
  return Keys.Key.map((key) => Object.keys(ids).find((name) => ids[name] === key.KeyId));
};

describe("ListKeys", () => {
  test("lists IDs and ARNs, oldest first", async () => {
    const { Keys, TotalCount, PageNumber, PageSize } = await callOk(emulator, "ListKeys");
    expect([TotalCount, PageNumber, PageSize]).toEqual([5, 1, 10]);
    expect(Keys.Key.map((key) => key.KeyId)).toEqual(Object.values(ids));
    expect(Keys.Key[0]).toEqual({ KeyId: ids.plain, KeyArn: `acs:kms:eu-central-1:42:key/${ids.plain}` });
  });

  test("answers in pages that together are everything", async () => {
    const pages = await Promise.all(["1", "2", "3", "4"].map((PageNumber) => names({ PageNumber, PageSize: "2" })));
    expect(pages).toEqual([["plain", "hsm"], ["pair", "instance"], ["disabled"], []]);
  });

  test.each([
    [[], ["plain", "hsm", "pair", "instance", "disabled"]],
    [[{ Key: "KeyState", Values: ["Disabled"] }], ["disabled"]],
    [[{ Key: "KeyState", Values: [] }], ["plain", "hsm", "pair", "instance", "disabled"]],
    [[{ Key: "KeySpec", Values: ["Aliyun_SM4", "EC_SM2"] }], ["hsm", "pair"]],
    [[{ Key: "KeyUsage", Values: ["SIGN/VERIFY"] }], []],
    [[{ Key: "ProtectionLevel", Values: ["HSM"] }], ["hsm"]],
    [[{ Key: "CreatorType", Values: ["Service"] }], []],
    [[{ Key: "DKMSInstanceId", Values: ["kst-abc1"] }], ["instance"]],
    [
      [
        { Key: "KeySpec", Values: ["Aliyun_AES_256"] },
        { Key: "KeyState", Values: ["Enabled"] },
      ],
      ["plain", "instance"],
    ],
    [
      [
        { Key: "KeySpec", Values: ["Aliyun_SM4"] },
        { Key: "KeySpec", Values: ["EC_SM2"] },
      ],
      ["hsm", "pair"],
    ],
  ])("filters by %j", async (filters, expected) => {
    expect(await names({ Filters: JSON.stringify(filters) })).toEqual(expected);
  });

  test("counts what passes the filter", async () => {
    const Filters = '[{"Key":"KeyState","Values":["Enabled"]}]';
    expect((await callOk(emulator, "ListKeys", { Filters, PageSize: "1" })).TotalCount).toBe(4);
  });

  test.each([
    "x",
    "{}",
    "null",
    '"text"',
    "[1]",
    "[null]",
    "[{}]",
    '[{"Key":"Arn","Values":[]}]',
    '[{"Key":"__proto__","Values":[]}]',
    '[{"Key":"KeyState"}]',
    '[{"Key":"KeyState","Values":"Enabled"}]',
    '[{"Key":"KeyState","Values":[1]}]',
    JSON.stringify(Array(11).fill({ Key: "KeyState", Values: [] })),
    JSON.stringify([{ Key: "KeyState", Values: Array(11).fill("Enabled") }]),
  ])("refuses the filter %s", async (Filters) => {
    expect(await errorOf(emulator, "ListKeys", { Filters })).toEqual([400, "InvalidParameter"]);
  });

  test.each([{ PageSize: "0" }, { PageSize: "101" }, { PageNumber: "0" }, { PageNumber: "-1" }, { PageNumber: "a" }])(
    "refuses %p",
    async (params) => {
      expect(await errorOf(emulator, "ListKeys", params as Params)).toEqual([400, "InvalidParameter"]);
    },
  );
});

test("DescribeRegions answers the region that the emulator stands for", async () => {
  expect((await callOk(emulator, "DescribeRegions")).Regions).toEqual({ Region: [{ RegionId: "eu-central-1" }] });
});
