import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../emulator/emulator";
import { destroyDurably, writeDurably } from "../../emulator/storage/durableFile";
import { call, callOk, newKey } from "./clients";

let parent: string;
let data: string;
beforeEach(() => {
  parent = fs.mkdtempSync(join(tmpdir(), "storage-"));
  data = join(parent, "data");
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
  fs.rmSync(parent, { recursive: true });
});

const running: Emulator[] = [];
async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ data, ...options });
  running.push(emulator);
  return emulator;
}
const mode = (path: string) => (fs.statSync(path).mode & 0o777).toString(8);
const keyFile = (keyId: string) => join(data, "keys", `${keyId}.json`);

test("keys, aliases and the access key outlive the emulator", async () => {
  const first = await start();
  const keyId = await newKey(first);
  await callOk(first, "CreateAlias", { KeyId: keyId, AliasName: "alias/kept" });
  const made = await callOk(first, "GenerateDataKey", { KeyId: keyId });
  await first.close();
  const second = await start();
  expect(second.accessKeyId).toBe(first.accessKeyId);
  expect(second.accessKeySecret).toBe(first.accessKeySecret);
  expect((await callOk(second, "Decrypt", { CiphertextBlob: made.CiphertextBlob })).Plaintext).toBe(made.Plaintext);
  expect((await callOk(second, "DescribeKey", { KeyId: "alias/kept" })).KeyMetadata.KeyId).toBe(keyId);
  await second.close();
});

test("folders are 0700 and files 0600, whatever the umask", async () => {
  const umask = process.umask(0);
  try {
    const emulator = await start();
    const keyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId: keyId, AliasName: "alias/x" });
    for (const folder of [data, join(data, "keys")]) {
      expect(mode(folder)).toBe("700");
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        if (entry.isFile()) expect([entry.name, mode(join(folder, entry.name))]).toEqual([entry.name, "600"]);
      }
    }
    await emulator.close();
  } finally {
    process.umask(umask);
  }
});

test("a folder that others can enter is refused and stays as it is", async () => {
  fs.mkdirSync(data, { mode: 0o755 });
  await expect(start()).rejects.toThrow(`data folder ${data}: its mode is 0755, others can enter; chmod 700 it`);
  expect(fs.readdirSync(data)).toEqual([]);
});

test("a data folder that is a file is refused", async () => {
  fs.writeFileSync(data, "");
  await expect(start()).rejects.toThrow(/^data folder .*: cannot be used \(EEXIST\)$/);
});

test("a busy port leaves no data folder behind", async () => {
  const other = await startEmulator();
  await expect(start({ port: Number(new URL(other.endpoint).port) })).rejects.toThrow("is in use");
  expect(fs.existsSync(data)).toBe(false);
  await other.close();
});

test("a faulty seed leaves no data folder behind", async () => {
  await expect(start({ seed: { keys: [{ keyId: "x" }] } })).rejects.toThrow("keys[0].keyId");
  expect(fs.existsSync(data)).toBe(false);
});

test("a second emulator on the same folder is refused, and the first goes on", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(`process ${process.pid} is using it`);
  expect(await newKey(first)).toMatch(/^key-/);
  await first.close();
  expect(fs.readdirSync(data).filter((name) => name.startsWith("lock."))).toEqual([]);
});

test("the locks of dead processes are taken over, even where the pid was given out again", async () => {
  fs.mkdirSync(data, { mode: 0o700 });
  fs.writeFileSync(join(data, "lock.999999999.1.aaaaaaaa"), "");
  fs.writeFileSync(join(data, `lock.${process.pid}.1.bbbbbbbb`), "");
  const emulator = await start();
  expect(fs.readdirSync(data).filter((name) => name.startsWith("lock."))).toHaveLength(1);
  await emulator.close();
});

test("a write that was cut short is cleared away at the next start", async () => {
  const first = await start();
  const keyId = await newKey(first);
  await first.close();
  fs.writeFileSync(`${keyFile(keyId)}.unfinished`, '{"keyId":');
  const second = await start();
  expect((await call(second, "DescribeKey", { KeyId: keyId })).status).toBe(200);
  expect(fs.existsSync(`${keyFile(keyId)}.unfinished`)).toBe(false);
  await second.close();
});

test.each<[string, (keyId: string) => [file: string, text: string]]>([
  ["a key that is not JSON", (keyId) => [keyFile(keyId), '{"keyId":']],
  ["a key that is something else", (keyId) => [keyFile(keyId), "[]"]],
  ["a key without versions", (keyId) => [keyFile(keyId), JSON.stringify({ keyId, versions: [] })]],
  [
    "a key with tags that are none",
    (keyId) => [keyFile(keyId), fs.readFileSync(keyFile(keyId), "utf8").replace(/"tags": \[\]/, '"tags": [1]')],
  ],
  [
    "a key with a rotation that is none",
    (keyId) => [keyFile(keyId), fs.readFileSync(keyFile(keyId), "utf8").replace("{", '{"rotationSeconds": "7d",')],
  ],
  [
    "a key with a date that is none",
    (keyId) => [
      keyFile(keyId),
      fs.readFileSync(keyFile(keyId), "utf8").replace(/"creationDate": "[^"]*"/, '"creationDate": "x"'),
    ],
  ],
  ["aliases of no key", () => [join(data, "aliases.json"), '{"alias/a":"key-000000000000000000000"}']],
  ["access keys that are no list", () => [join(data, "access-keys.json"), "{}"]],
  ["a later format", () => [join(data, "store.json"), '{"format":2}']],
])("%s makes the start fail in one line, and changes nothing", async (_, damage) => {
  const first = await start();
  const [file, text] = damage(await newKey(first));
  await first.close();
  fs.writeFileSync(file, text);
  const before = fs.readdirSync(data);
  const message = await start().catch((error: unknown) => String(error));
  expect(message).toMatch(/^StartFault: data folder: [^\n]*$/);
  expect(fs.readFileSync(file, "utf8")).toBe(text);
  expect(fs.readdirSync(data)).toEqual(before);
});

test("keys of the first emulators load, without the fields that came later", async () => {
  const first = await start();
  const keyId = await newKey(first);
  const { CiphertextBlob, Plaintext } = await callOk(first, "GenerateDataKey", { KeyId: keyId });
  await first.close();
  const { origin, tags, ...old } = JSON.parse(fs.readFileSync(keyFile(keyId), "utf8")) as Record<string, unknown>;
  expect([origin, tags]).toEqual(["Aliyun_KMS", []]);
  fs.writeFileSync(keyFile(keyId), JSON.stringify(old));
  const waiting = keyId.replace(/.{4}$/, "wait");
  const version = { keyVersionId: `${waiting}-0123456789`, creationDate: "2026-01-01T00:00:00Z" };
  const versions = [{ ...version, material: Buffer.alloc(32).toString("base64") }];
  const external = { ...old, keyId: waiting, state: "PendingImport", versions };
  fs.writeFileSync(keyFile(waiting), JSON.stringify(external));
  const second = await start();
  expect((await callOk(second, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
  expect((await callOk(second, "ListResourceTags", { KeyId: keyId })).Tags.Tag).toEqual([]);
  expect((await callOk(second, "DescribeKey", { KeyId: keyId })).KeyMetadata).toMatchObject({
    Origin: "Aliyun_KMS",
    AutomaticRotation: "Disabled",
    DeletionProtection: "Disabled",
  });
  expect((await callOk(second, "DescribeKey", { KeyId: waiting })).KeyMetadata.Origin).toBe("EXTERNAL");
});

test("what is said about a key outlives the emulator", async () => {
  const first = await start();
  const tags = '[{"TagKey":"team","TagValue":"orders"}]';
  const params = { DKMSInstanceId: "kst-abc1", EnableAutomaticRotation: "true", RotationInterval: "7d", Tags: tags };
  const KeyId = await newKey(first, { ...params, Policy: '{"Version":"1","Statement":[{}]}' });
  await callOk(first, "SetDeletionProtection", { KeyId, EnableDeletionProtection: "true" });
  await callOk(first, "CreateKeyVersion", { KeyId });
  const told = async (emulator: Emulator) => {
    const answers = await Promise.all(
      ["DescribeKey", "ListResourceTags", "GetKeyPolicy", "ListKeyVersions"].map((action) =>
        callOk(emulator, action, { KeyId }),
      ),
    );
    return answers.map((answer) => ({ ...answer, RequestId: "" }));
  };
  const before = await told(first);
  await first.close();
  expect(await told(await start())).toEqual(before);
});

test("the folder of another region or account is refused", async () => {
  await (await start()).close();
  await expect(start({ region: "cn-beijing" })).rejects.toThrow("it belongs to region cn-hangzhou");
  await expect(start({ account: "7" })).rejects.toThrow("account 1234567890123456");
});

test("a seed adds what is missing and overwrites nothing", async () => {
  const keyId = "key-00000000000000000seed";
  const seed = (description: string, secret: string) => ({
    accessKeys: [{ id: "seeded", secret }],
    keys: [{ keyId, description, aliases: ["alias/seeded"] }],
  });
  const first = await start({ seed: seed("one", "secret one") });
  const { CiphertextBlob, Plaintext } = await callOk(first, "GenerateDataKey", { KeyId: keyId });
  await first.close();
  const more = seed("two", "secret two");
  more.keys.push({ keyId: "key-000000000000000other0", description: "other", aliases: ["alias/other"] });
  const second = await start({ seed: more });
  expect(second.accessKeySecret).toBe("secret one");
  expect((await callOk(second, "DescribeKey", { KeyId: "alias/seeded" })).KeyMetadata.Description).toBe("one");
  expect((await callOk(second, "DescribeKey", { KeyId: "alias/other" })).KeyMetadata.Description).toBe("other");
  expect((await callOk(second, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
  await second.close();
});

test("the same seed twice makes its keys once, with or without IDs", async () => {
  const seed = { keys: [{}, { aliases: ["alias/a"] }, { keyId: "key-000000000000000000000" }] };
  await (await start({ seed })).close();
  const before = fs.readdirSync(join(data, "keys"));
  await (await start({ seed })).close();
  expect(before).toHaveLength(3);
  expect(fs.readdirSync(join(data, "keys"))).toEqual(before);
});

test("a key whose write fails is not acknowledged and does not exist", async () => {
  const emulator = await start();
  fs.rmSync(join(data, "keys"), { recursive: true });
  const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const { status, body } = await call(emulator, "CreateKey");
  expect([status, body.Code]).toEqual([500, "InternalFailure"]);
  expect(stderr).toHaveBeenCalledTimes(1);
  stderr.mockRestore();
  fs.mkdirSync(join(data, "keys"));
  expect((await call(emulator, "CreateKey")).status).toBe(200);
  await emulator.close();
});

test("a file is replaced only once its successor is whole: file, then name, then folder are forced to disk", () => {
  const steps: string[] = [];
  const real = { ...fs };
  const path = join(parent, "record.json");
  fs.writeFileSync(path, "old");
  const names = new Map<number, string>();
  const spies = [
    jest.spyOn(fs, "openSync").mockImplementation((file, ...rest) => {
      const opened = real.openSync(file, ...rest);
      names.set(opened, String(file));
      return opened;
    }),
    jest.spyOn(fs, "fsyncSync").mockImplementation((file) => {
      steps.push(`sync ${names.get(file)} while the record is ${real.readFileSync(path, "utf8")}`);
      real.fsyncSync(file);
    }),
  ];
  writeDurably(path, "new");
  spies.forEach((spy) => spy.mockRestore());
  expect(steps).toEqual([`sync ${path}.unfinished while the record is old`, `sync ${parent} while the record is new`]);
  expect(fs.readFileSync(path, "utf8")).toBe("new");
});

describe("a disk that fails", () => {
  const day = 86_400_000;
  let time: number;
  let stderr: jest.SpyInstance;
  beforeEach(() => {
    time = Date.parse("2026-01-01T00:00:00Z");
    stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  });
  afterEach(() => jest.restoreAllMocks());
  const open = () => start({ keyClock: () => new Date(time) });
  const told = () =>
    stderr.mock.calls.map(([line]) => String(line)).filter((line) => !line.includes("internal failure"));
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };
  /** Lets the files be opened for writing no more, as on a full disk. */
  function fullDisk(only = ""): jest.SpyInstance {
    const real = fs.openSync;
    return jest.spyOn(fs, "openSync").mockImplementation((path, flags, mode) => {
      if (flags === "w" && String(path).includes(only)) failing("ENOSPC")();
      return real(path, flags, mode);
    });
  }
  /** The second fsync of a write is that of the folder, after the move. */
  function failingFolderSync(): jest.SpyInstance {
    const real = fs.fsyncSync;
    let calls = 0;
    return jest.spyOn(fs, "fsyncSync").mockImplementation((file) => (++calls === 2 ? failing("EIO")() : real(file)));
  }
  async function doomedKey(emulator: Emulator) {
    const KeyId = await newKey(emulator);
    await callOk(emulator, "CreateAlias", { KeyId, AliasName: "alias/doomed" });
    await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    return KeyId;
  }
  const keyIds = async (emulator: Emulator) =>
    (await callOk(emulator, "ListKeys")).Keys.Key.map((key) => key.KeyId).sort();

  test("after the move of a file takes no more changes, says so once, and still answers reads", async () => {
    const emulator = await open();
    const KeyId = await newKey(emulator);
    const spy = failingFolderSync();
    const params = { KeyId, Description: "in doubt" };
    expect((await call(emulator, "UpdateKeyDescription", params)).body.Code).toBe("InternalFailure");
    spy.mockRestore();
    const { status, body } = await call(emulator, "CreateKey");
    expect([status, body.Code]).toEqual([500, "InternalFailure"]);
    expect((await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata.Description).toBe("");
    expect(await keyIds(emulator)).toEqual([KeyId]);
    expect(told()).toEqual([expect.stringMatching(/^[^\n]*data folder .*\(EIO\).*restart[^\n]*\n$/)]);
    await emulator.close();
    expect(await newKey(await open())).toMatch(/^key-/);
  });

  test.each(["fsyncSync", "writeSync", "rmSync"] as const)(
    "in %s while a key is destroyed hides nothing else, and the file goes at the next look",
    async (step) => {
      const emulator = await open();
      const kept = await newKey(emulator);
      const KeyId = await newKey(emulator);
      await callOk(emulator, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
      time += 8 * day;
      const spy = jest.spyOn(fs, step).mockImplementationOnce(failing("EIO"));
      expect(await keyIds(emulator)).toEqual([kept]);
      spy.mockRestore();
      expect(fs.existsSync(`${keyFile(KeyId)}.unfinished`)).toBe(true);
      expect((await call(emulator, "DescribeKey", { KeyId })).body.Code).toBe("Forbidden.KeyNotFound");
      expect(fs.readdirSync(join(data, "keys"))).toEqual([`${kept}.json`]);
      expect(told()).toHaveLength(1);
      await callOk(emulator, "UpdateKeyDescription", { KeyId: kept, Description: "goes on" });
    },
  );

  test("a destruction can be repeated at any point", () => {
    const path = join(parent, "record.json");
    fs.writeFileSync(`${path}.unfinished`, "secret");
    destroyDurably(path);
    destroyDurably(path);
    expect(fs.readdirSync(parent)).toEqual([]);
  });

  test("a seeded key with the ID of one whose file could not be destroyed stays", async () => {
    const first = await open();
    const KeyId = await newKey(first);
    await callOk(first, "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: "7" });
    await first.close();
    time += 8 * day;
    const spy = jest.spyOn(fs, "renameSync").mockImplementationOnce(failing("EIO"));
    const second = await start({ keyClock: () => new Date(time), seed: { keys: [{ keyId: KeyId }] } });
    spy.mockRestore();
    expect(await keyIds(second)).toEqual([KeyId]);
    expect(fs.existsSync(keyFile(KeyId))).toBe(true);
  });

  test("because it is full lets a key that must rotate be used as it is, until it can", async () => {
    const emulator = await open();
    const rotating = { EnableAutomaticRotation: "true", RotationInterval: "7d" };
    const KeyId = await newKey(emulator, rotating);
    const { CiphertextBlob, Plaintext, KeyVersionId } = await callOk(emulator, "GenerateDataKey", { KeyId });
    const primary = async () => (await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata.PrimaryKeyVersion;
    const spy = fullDisk();
    time += 8 * day;
    expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
    expect(await primary()).toBe(KeyVersionId);
    expect(await keyIds(emulator)).toEqual([KeyId]);
    expect(told()).toEqual([expect.stringContaining(KeyId)]);
    spy.mockRestore();
    expect(await primary()).not.toBe(KeyVersionId);
  });

  test("because it is full keeps a key with its aliases whose date has come, until they can go", async () => {
    const emulator = await open();
    const other = await newKey(emulator);
    const KeyId = await doomedKey(emulator);
    const spy = fullDisk("aliases.json");
    time += 8 * day;
    expect(await keyIds(emulator)).toEqual([KeyId, other].sort());
    expect((await callOk(emulator, "DescribeKey", { KeyId })).KeyMetadata.KeyState).toBe("PendingDeletion");
    spy.mockRestore();
    expect(await keyIds(emulator)).toEqual([other]);
    expect((await callOk(emulator, "ListAliases")).TotalCount).toBe(0);
  });
});

test.each<[string, (keyId: string) => [file: string, text: string]]>([
  ["an access key that is null", () => [join(data, "access-keys.json"), "[null]"]],
  ["access keys that are null", () => [join(data, "access-keys.json"), "null"]],
  [
    "an access key whose permissions are no list",
    () => [join(data, "access-keys.json"), '[{"id":"i","secret":"s","allow":"kms:*"}]'],
  ],
  [
    "an access key with a permission that is no text",
    () => [join(data, "access-keys.json"), '[{"id":"i","secret":"s","allow":[1]}]'],
  ],
  [
    "an access key whose account is no text",
    () => [join(data, "access-keys.json"), '[{"id":"i","secret":"s","account":1}]'],
  ],
  ["aliases that are null", () => [join(data, "aliases.json"), "null"]],
  ["aliases that are a list", (keyId) => [join(data, "aliases.json"), JSON.stringify([keyId])]],
  ["a store that is null", () => [join(data, "store.json"), "null"]],
  ["a key that is null", (keyId) => [keyFile(keyId), "null"]],
  [
    "a key with a version that is null",
    (keyId) => [keyFile(keyId), fs.readFileSync(keyFile(keyId), "utf8").replace('"versions": [', '"versions": [null,')],
  ],
])("%s counts as damaged, never as absent", async (_, damage) => {
  const first = await start();
  const [file, text] = damage(await newKey(first));
  await first.close();
  fs.writeFileSync(file, text);
  const message = await start().catch((error: unknown) => String(error));
  expect(message).toMatch(/^StartFault: data folder: the record [^\n]* is damaged; restore it from a backup$/);
  expect(fs.readFileSync(file, "utf8")).toBe(text);
});

test("an instance without a folder for temporary files fails to start in one line", async () => {
  const real = fs.mkdtempSync;
  const spy = jest.spyOn(fs, "mkdtempSync").mockImplementation(() => real(join(parent, "none", "x")));
  try {
    const message = await start({ instance: "kst-abc1" }).catch((error: unknown) => String(error));
    expect(message).toBe(
      `StartFault: --instance: the folder for temporary files, ${tmpdir()}, cannot be used (ENOENT); see TMPDIR`,
    );
  } finally {
    spy.mockRestore();
  }
});
