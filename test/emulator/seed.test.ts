import { StartFault, startEmulator, type Seed } from "../../emulator/emulator";
import { callOk } from "./clients";

const start = (seed: unknown) => startEmulator({ seed: seed as Seed });

test("a full seed gives its access keys and its keys", async () => {
  const keyId = "key-seed0000000000000000a";
  const emulator = await start({
    accessKeys: [
      { id: "first", secret: "s1" },
      { id: "second", secret: "s2", allow: ["kms:DescribeKey"] },
    ],
    keys: [
      { keyId, keySpec: "Aliyun_AES_256", description: "orders", aliases: ["alias/a", "alias/b"], state: "Disabled" },
    ],
  });
  expect(emulator).toMatchObject({ accessKeyId: "first", accessKeySecret: "s1" });
  const second = { ...emulator, accessKeyId: "second", accessKeySecret: "s2" };
  const { KeyMetadata } = await callOk(second, "DescribeKey", { KeyId: "alias/b" });
  expect(KeyMetadata).toMatchObject({ KeyId: keyId, Description: "orders", KeyState: "Disabled" });
  await emulator.close();
});

test("a key without an ID has the same one in every emulator", async () => {
  const ids = [];
  for (let n = 0; n < 2; n++) {
    const emulator = await start({ keys: [{ aliases: ["alias/same"] }, {}] });
    ids.push((await callOk(emulator, "DescribeKey", { KeyId: "alias/same" })).KeyMetadata.KeyId);
    await emulator.close();
  }
  expect(ids[0]).toMatch(/^key-[a-z0-9]{21}$/);
  expect(ids[1]).toBe(ids[0]);
});

test("without an access key one is made, and it may do everything", async () => {
  const emulator = await start({ keys: [] });
  const other = await start({});
  expect((await callOk(emulator, "CreateKey")).KeyMetadata.KeyState).toBe("Enabled");
  expect(emulator.accessKeySecret).toHaveLength(30);
  expect(emulator.accessKeySecret).not.toBe(other.accessKeySecret);
  await emulator.close();
  await other.close();
});

test.each<[string, unknown, string]>([
  ["that is not an object", [], "seed: must be an object"],
  ["with an unknown field", { key: [] }, 'seed: unknown field "key"; known: accessKeys, keys'],
  ["with an unknown field of a key", { keys: [{ id: "x" }] }, 'keys[0]: unknown field "id"; known: keyId, keySpec'],
  ["whose keys are no list", { keys: {} }, "keys: must be a list"],
  ["with a key that is no object", { keys: ["x"] }, "keys[0]: must be an object"],
  ["without an access key's ID", { accessKeys: [{ secret: "s" }] }, "accessKeys[0].id: is needed"],
  ["without a secret", { accessKeys: [{ id: "i" }] }, "accessKeys[0].secret: is needed"],
  ["with an empty secret", { accessKeys: [{ id: "i", secret: "" }] }, "accessKeys[0].secret: must not be empty"],
  ["with a number as secret", { accessKeys: [{ id: "i", secret: 5 }] }, "accessKeys[0].secret: must be a string"],
  [
    "with an access key twice",
    {
      accessKeys: [
        { id: "i", secret: "a" },
        { id: "i", secret: "b" },
      ],
    },
    "accessKeys[1].id: occurs twice",
  ],
  [
    "with an unknown permission",
    { accessKeys: [{ id: "i", secret: "s", allow: ["kms:Decypt"] }] },
    "accessKeys[0].allow[0]: no action of KMS has this name",
  ],
  [
    "with a permission named like a part of every object",
    { accessKeys: [{ id: "i", secret: "s", allow: ["kms:constructor", "kms:toString"] }] },
    "accessKeys[0].allow[0]: no action of KMS has this name; accessKeys[0].allow[1]: no action of KMS has this name",
  ],
  [
    "with an account that is none",
    { accessKeys: [{ id: "i", secret: "s", account: "me" }] },
    "accessKeys[0].account: must be digits",
  ],
  [
    "with a description that is too long",
    { keys: [{ description: "x".repeat(8193) }] },
    "keys[0].description: longer than 8192 characters",
  ],
  [
    "with a permission that is none",
    { accessKeys: [{ id: "i", secret: "s", allow: ["Decrypt"] }] },
    "accessKeys[0].allow[0]: must be like kms:Decrypt, kms:* or kms:Decrypt@key-…",
  ],
  [
    "with a permission for a key that can be none",
    { accessKeys: [{ id: "i", secret: "s", allow: ["kms:Decrypt@alias/a"] }] },
    "accessKeys[0].allow[0]: what follows @ must be a key's ID: key- and 21",
  ],
  [
    "with a permission for a key where no key is concerned",
    { accessKeys: [{ id: "i", secret: "s", allow: ["kms:ListKeys@key-000000000000000000000"] }] },
    "accessKeys[0].allow[0]: this action concerns no key: leave out @…",
  ],
  [
    "with a bad key ID",
    { keys: [{ keyId: "key-short" }] },
    "keys[0].keyId: must be key- and 21 of a-z and 0-9, or a lower-case UUID",
  ],
  [
    "with a key ID twice",
    { keys: [{ keyId: "key-000000000000000000000" }, { keyId: "key-000000000000000000000" }] },
    "keys[1].keyId: occurs twice",
  ],
  ["with an unknown spec", { keys: [{ keySpec: "AES" }] }, "keys[0].keySpec: must be one of Aliyun_AES_256"],
  ["with an unknown state", { keys: [{ state: "Open" }] }, "keys[0].state: must be one of Enabled, Disabled"],
  ["with a bad alias", { keys: [{ aliases: ["orders"] }] }, "keys[0].aliases[0]: must be alias/ and"],
  [
    "with an alias twice",
    { keys: [{ aliases: ["alias/a"] }, { aliases: ["alias/a"] }] },
    "keys[1].aliases[0]: occurs twice",
  ],
])("a seed %s is refused by name", async (_, seed, message) => {
  await expect(start(seed)).rejects.toThrow(message);
});

test("all faults of a seed are told at once, and no secret", async () => {
  const secret = "secret-canary";
  const refused = start({
    accessKeys: [
      { id: "", secret },
      { id: secret, secret, allow: [secret] },
    ],
    keys: [{ state: secret }, { keySpec: "x" }],
  });
  const faults = await refused.then(String, String);
  expect(faults.split("; ")).toHaveLength(4);
  expect(faults).not.toContain(secret);
  expect(faults).not.toContain("\n");
});

test.each([
  [{ region: "a/b" }, "--region: must be of a-z, 0-9 and -, such as cn-hangzhou"],
  [{ region: "" }, "--region: must be of a-z, 0-9 and -, such as cn-hangzhou"],
  [{ account: "me" }, "--account: must be digits"],
])("a program that starts an emulator with %p hears what the command would say", async (options, message) => {
  await expect(startEmulator(options)).rejects.toThrow(new StartFault(message));
});
