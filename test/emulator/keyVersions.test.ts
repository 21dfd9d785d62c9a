import { startEmulator, type Emulator } from "../../emulator/emulator";
import { callOk, newKey } from "./clients";
import { errorOf } from "./errorOf";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const versionIds = async (KeyId: string) =>
  (await callOk(emulator, "ListKeyVersions", { KeyId })).KeyVersions.KeyVersion.map((each) => each.KeyVersionId);

describe("CreateKeyVersion", () => {
  test("makes the primary version, and takes no other away", async () => {
    const KeyId = await newKey(emulator);
    const old = await callOk(emulator, "GenerateDataKey", { KeyId });
    const { KeyVersion } = await callOk(emulator, "CreateKeyVersion", { KeyId });
    expect(KeyVersion).toMatchObject({ KeyId, CreationDate: expect.stringMatching(/Z$/) as string });
    const { KeyMetadata } = await callOk(emulator, "DescribeKey", { KeyId });
    expect(KeyMetadata.PrimaryKeyVersion).toBe(KeyVersion.KeyVersionId);
    const made = await callOk(emulator, "GenerateDataKey", { KeyId });
    expect(made.KeyVersionId).toBe(KeyVersion.KeyVersionId);
    for (const { CiphertextBlob, Plaintext, KeyVersionId } of [old, made]) {
      const opened = await callOk(emulator, "Decrypt", { CiphertextBlob });
      expect(opened).toMatchObject({ KeyId, Plaintext, KeyVersionId });
    }
  });

  test("of one key many times at once loses none", async () => {
    const KeyId = await newKey(emulator);
    const made = await Promise.all(
      Array.from({ length: 20 }, async () => (await callOk(emulator, "CreateKeyVersion", { KeyId })).KeyVersion),
    );
    const listed = (await callOk(emulator, "ListKeyVersions", { KeyId, PageSize: "100" })).KeyVersions.KeyVersion;
    expect(listed).toHaveLength(21);
    const listedIds = listed.map((each) => each.KeyVersionId);
    expect(listedIds).toEqual(expect.arrayContaining(made.map((each) => each.KeyVersionId)));
  });

  test.each(["Aliyun_SM4", "RSA_2048", "EC_SM2"])("works for %s", async (KeySpec) => {
    const KeyId = await newKey(emulator, { KeySpec });
    const { KeyVersionId } = (await callOk(emulator, "CreateKeyVersion", { KeyId: KeyId })).KeyVersion;
    expect((await versionIds(KeyId)).at(-1)).toBe(KeyVersionId);
  });

  test("answers the key's ID where an alias named it", async () => {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/versions" });
    const { KeyVersion } = await callOk(emulator, "CreateKeyVersion", { KeyId: "alias/versions" });
    expect(KeyVersion.KeyId).toBe(KeyId);
  });
});

describe("DescribeKeyVersion", () => {
  test("tells about a version of the key, and of no other", async () => {
    const KeyId = await newKey(emulator);
    const { KeyVersion } = await callOk(emulator, "CreateKeyVersion", { KeyId });
    const { KeyVersionId } = KeyVersion;
    expect((await callOk(emulator, "DescribeKeyVersion", { KeyId, KeyVersionId })).KeyVersion).toEqual(KeyVersion);
    const other = { KeyId: await newKey(emulator), KeyVersionId };
    expect(await errorOf(emulator, "DescribeKeyVersion", other)).toEqual([404, "Forbidden.KeyVersionNotFound"]);
    expect(await errorOf(emulator, "DescribeKeyVersion", { KeyId })).toEqual([400, "MissingParameter"]);
    const unknown = { KeyId: "key-000000000000000000000", KeyVersionId };
    expect(await errorOf(emulator, "DescribeKeyVersion", unknown)).toEqual([404, "Forbidden.KeyNotFound"]);
  });
});

describe("ListKeyVersions", () => {
  test("lists them oldest first, in pages", async () => {
    const KeyId = await newKey(emulator);
    for (let count = 1; count < 5; count++) await callOk(emulator, "CreateKeyVersion", { KeyId });
    const all = await versionIds(KeyId);
    const page = await callOk(emulator, "ListKeyVersions", { KeyId, PageNumber: "2", PageSize: "2" });
    expect(page).toMatchObject({ PageNumber: 2, PageSize: 2, TotalCount: 5 });
    expect(page.KeyVersions.KeyVersion.map((each) => each.KeyVersionId)).toEqual(all.slice(2, 4));
    const beyond = await callOk(emulator, "ListKeyVersions", { KeyId, PageNumber: "9" });
    expect(beyond).toMatchObject({ PageNumber: 9, PageSize: 10, TotalCount: 5, KeyVersions: { KeyVersion: [] } });
    expect(await errorOf(emulator, "ListKeyVersions", { KeyId, PageSize: "101" })).toEqual([400, "InvalidParameter"]);
    expect(await errorOf(emulator, "ListKeyVersions", { KeyId, PageNumber: "0" })).toEqual([400, "InvalidParameter"]);
  });
});
