import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey, type Params } from "./clients";
import { errorOf } from "./errorOf";

let emulator: Emulator;
let KeyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  KeyId = await newKey(emulator);
});
afterAll(() => emulator.close());

const tagsOf = async (id = KeyId) =>
  (await callOk(emulator, "ListResourceTags", { KeyId: id })).Tags.Tag.map((tag) => [tag.TagKey, tag.TagValue]);
const json = (tags: Params) => JSON.stringify(Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })));
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, "value"]));

describe("TagResource, ListResourceTags and UntagResource", () => {
  test("put tags on a key, tell them, and take them away", async () => {
    await callOk(emulator, "TagResource", { KeyId, Tags: json({ team: "orders", __proto__x: "" }) });
    await callOk(emulator, "TagResource", { KeyId, Tags: json({ team: "bills", ["größe/\\_-.+=:@"]: "1" }) });
    expect(await tagsOf()).toEqual([
      ["team", "bills"],
      ["__proto__x", ""],
      ["größe/\\_-.+=:@", "1"],
    ]);
    await callOk(emulator, "UntagResource", { KeyId, TagKeys: '["team","never there"]' });
    expect(await tagsOf()).toHaveLength(2);
    await callOk(emulator, "UntagResource", { KeyId, TagKeys: "__proto__x,größe/\\_-.+=:@" });
    expect(await tagsOf()).toEqual([]);
  });

  test.each([
    "x",
    "{}",
    "[1]",
    "[null]",
    '[{"TagValue":"b"}]',
    '[{"TagKey":"a","TagValue":1}]',
    json({ "": "b" }),
    json({ "a b": "c" }),
    json({ a: "b c" }),
    json({ aliyunx: "b" }),
    json({ "acs:x": "b" }),
    json({ ["k".repeat(129)]: "b" }),
    json({ a: "v".repeat(129) }),
    '[{"TagKey":"a","TagValue":"b"},{"TagKey":"a","TagValue":"c"}]',
    json(many(21)),
  ])("refuse the tags %s", async (Tags) => {
    expect(await errorOf(emulator, "TagResource", { KeyId, Tags })).toEqual([400, "InvalidParameter"]);
    expect(await errorOf(emulator, "CreateKey", { Tags })).toEqual([400, "InvalidParameter"]);
  });

  test("let a key have 20 tags", async () => {
    await callOk(emulator, "TagResource", { KeyId, Tags: json(many(20)) });
    await callOk(emulator, "TagResource", { KeyId, Tags: json({ key0: "another" }) });
    const refused = await errorOf(emulator, "TagResource", { KeyId, Tags: json({ more: "x" }) });
    expect(refused).toEqual([400, "Rejected.LimitExceeded"]);
  });

  test.each<[string, Params, string]>([
    ["TagResource", { Tags: "[]", SecretName: "s" }, "UnsupportedOperation"],
    ["TagResource", { Tags: "[]" }, "MissingParameter"],
    ["TagResource", { KeyId: "alias/x" }, "MissingParameter"],
    ["UntagResource", { TagKeys: "a", CertificateId: "s" }, "UnsupportedOperation"],
    ["UntagResource", { TagKeys: "[1]", KeyId: "alias/x" }, "InvalidParameter"],
    ["UntagResource", { TagKeys: "[", KeyId: "alias/x" }, "InvalidParameter"],
    ["ListResourceTags", {}, "MissingParameter"],
  ])("%s with %p is %s", async (action, params, code) => {
    expect(await errorOf(emulator, action, params)).toEqual([400, code]);
  });
});

describe("TagResources and UntagResources", () => {
  const resources = (...ids: string[]) =>
    Object.fromEntries([["ResourceType", "key"], ...ids.map((id, at) => [`ResourceId.${at + 1}`, id] as const)]);

  test("change several keys, as Terraform asks for it", async () => {
    const other = await newKey(emulator);
    const tags = { "Tag.1.Key": "Created", "Tag.1.Value": "TF", "Tag.2.Key": "For", "Tag.2.Value": "" };
    await callOk(emulator, "TagResources", { RegionId: "cn-hangzhou", ...resources(KeyId, other), ...tags });
    for (const id of [KeyId, other]) {
      expect(await tagsOf(id)).toEqual([
        ["Created", "TF"],
        ["For", ""],
      ]);
    }
    await callOk(emulator, "UntagResources", { ...resources(KeyId), "TagKey.1": "Created" });
    expect(await tagsOf()).toEqual([["For", ""]]);
    await callOk(emulator, "UntagResources", { ...resources(KeyId, other), All: "true" });
    expect([...(await tagsOf()), ...(await tagsOf(other))]).toEqual([]);
  });

  test("change nothing where one key cannot be changed", async () => {
    const pending = await newKey(emulator);
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId: pending, PendingWindowInDays: "7" });
    const params = { ...resources(KeyId, pending), "Tag.1.Key": "a", "Tag.1.Value": "b" };
    expect(await errorOf(emulator, "TagResources", params)).toEqual([409, "Rejected.PendingDeletion"]);
    expect(await tagsOf()).toEqual([]);
  });

  test("leave some keys changed where the disk fails half-way, and the same call again changes the rest", async () => {
    const data = fs.mkdtempSync(join(tmpdir(), "tags-"));
    const kept = await startEmulator({ data });
    const [first, second] = [await newKey(kept), await newKey(kept)];
    const tagCounts = async () => {
      const answers = [first, second].map((id) => callOk(kept, "ListResourceTags", { KeyId: id }));
      return (await Promise.all(answers)).map(({ Tags }) => Tags.Tag.length);
    };
    const real = fs.openSync;
    const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const calls: [string, Params, number][] = [
      ["TagResources", { "Tag.1.Key": "a", "Tag.1.Value": "b" }, 1],
      ["UntagResources", { "TagKey.1": "a" }, 0],
    ];
    for (const [action, params, left] of calls) {
      const full = jest.spyOn(fs, "openSync").mockImplementation((path, ...rest) => {
        if (String(path).endsWith(`${second}.json.unfinished`)) throw new Error("ENOSPC");
        return real(path, ...rest);
      });
      const asked = { ...resources(first, second), ...params };
      expect(await errorOf(kept, action, asked)).toEqual([500, "InternalFailure"]);
      full.mockRestore();
      expect(await tagCounts()).toEqual([left, 1 - left]);
      await callOk(kept, action, asked);
      expect(await tagCounts()).toEqual([left, left]);
    }
    stderr.mockRestore();
    await kept.close();
    fs.rmSync(data, { recursive: true });
  });

  test.each<[string, Params, number, string]>([
    ["TagResources", { "Tag.1.Key": "a" }, 400, "MissingParameter"],
    ["TagResources", { ...resources(), "Tag.1.Key": "a" }, 400, "MissingParameter"],
    ["TagResources", resources("alias/x"), 400, "MissingParameter"],
    ["TagResources", { ...resources("alias/x"), "Tag.1.Value": "a" }, 400, "MissingParameter"],
    ["TagResources", { ...resources("alias/x"), "Tag.1.Key": "a" }, 404, "Forbidden.AliasNotFound"],
    ["TagResources", { ResourceType: "secret", "ResourceId.1": "s" }, 400, "UnsupportedOperation"],
    ["UntagResources", resources("alias/x"), 400, "MissingParameter"],
    ["UntagResources", { ...resources(), "TagKey.1": "a" }, 400, "MissingParameter"],
    ["UntagResources", { ...resources(...Array<string>(51).fill("k")), "TagKey.1": "a" }, 400, "InvalidParameter"],
    ["ListTagResources", { ...resources(), NextToken: "2" }, 400, "InvalidParameter"],
    ["ListTagResources", resources("key-000000000000000000000"), 404, "Forbidden.KeyNotFound"],
  ])("%s with %j is %d %s", async (action, params, status, code) => {
    expect(await errorOf(emulator, action, params)).toEqual([status, code]);
  });
});

describe("ListTagResources", () => {
  const list = (params: Params) => callOk(emulator, "ListTagResources", { ResourceType: "key", ...params });

  test("tells the tags of keys that are named, and those of keys that have a tag", async () => {
    await callOk(emulator, "TagResource", { KeyId, Tags: json({ only: "here", also: "this" }) });
    const row = (TagKey: string, TagValue: string) => ({ ResourceId: KeyId, ResourceType: "key", TagKey, TagValue });
    const rows = [row("only", "here"), row("also", "this")];
    const { TagResources, NextToken } = await list({ "ResourceId.1": KeyId });
    expect([TagResources.TagResource, NextToken]).toEqual([rows, ""]);
    expect((await list({ "Tag.1.Key": "only" })).TagResources.TagResource).toEqual(rows);
    const elsewhere = { "Tag.1.Key": "only", "Tag.1.Value": "elsewhere" };
    expect((await list(elsewhere)).TagResources.TagResource).toEqual([]);
  });

  test("answers 200 rows at a time", async () => {
    const Tags = json({ ...many(19), paged: "yes" });
    await Promise.all(Array.from({ length: 21 }, () => newKey(emulator, { Tags })));
    const asked = { "Tag.1.Key": "paged" };
    const first = await list(asked);
    const second = await list({ ...asked, NextToken: first.NextToken });
    const third = await list({ ...asked, NextToken: second.NextToken });
    const pages = [first, second, third].map((page) => page.TagResources.TagResource);
    expect(pages.map((page) => page.length)).toEqual([200, 200, 20]);
    expect(third.NextToken).toBe("");
    expect(new Set(pages.flat().map((row) => `${row.ResourceId} ${row.TagKey}`)).size).toBe(420);
  });
});

test("an access key for one key neither tags another nor learns of its tags", async () => {
  const [own, other] = ["key-00000000000000000own0", "key-000000000000000other0"];
  const allow = [`kms:TagResources@${own}`, `kms:ListTagResources@${own}`];
  const seed = {
    accessKeys: [
      { id: "all", secret: "s" },
      { id: "one", secret: "s", allow },
    ],
  };
  const keys = [{ keyId: own }, { keyId: other }];
  const seeded = await startEmulator({ seed: { ...seed, keys } });
  const one = { endpoint: seeded.endpoint, accessKeyId: "one", accessKeySecret: "s" };
  for (const id of [own, other]) await callOk(seeded, "TagResource", { KeyId: id, Tags: json({ a: "b" }) });
  const both = { ResourceType: "key", "ResourceId.1": own, "ResourceId.2": other, "Tag.1.Key": "c" };
  expect(await errorOf(one, "TagResources", both)).toEqual([403, "Forbidden.NoPermission"]);
  const { TagResources } = await callOk(one, "ListTagResources", { ResourceType: "key" });
  expect(TagResources.TagResource.map((row) => [row.ResourceId, row.TagKey])).toEqual([[own, "a"]]);
  await seeded.close();
});
