import { generateKeyPairSync } from "node:crypto";
import { actions } from "../../emulator/actions";
import { startEmulator, type CallRecord, type Emulator } from "../../emulator/emulator";
import { Permission } from "../../emulator/permissions";
import { call, callOk, type Params } from "./clients";

const own = "key-000000000000000000own";
const other = "key-0000000000000000other";
const absent = "key-000000000000000absent";
const allowed = {
  reader: ["kms:Decrypt", "kms:DescribeKey"],
  nothing: [],
  everything: ["kms:*"],
  generators: ["kms:Generate*"],
  ownOnly: [`kms:*@${own}`],
  mixed: ["kms:DescribeKey", `kms:Decrypt@${own}`, `kms:GenerateDataKey@${own}`],
  gone: [`kms:DescribeKey@${absent}`],
  lacking: ["kms:GetSecretValue"],
  fromOwn: [`kms:ReEncryptFrom@${own}`, `kms:ReEncryptTo@${other}`],
  reEncrypt: ["kms:ReEncrypt"],
} as const;

const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let emulator: Emulator;
let calls: CallRecord[];
beforeAll(async () => {
  calls = [];
  const accessKeys = Object.entries(allowed).map(([id, allow]) => ({ id, secret: "s", allow: [...allow] }));
  emulator = await startEmulator({
    qps: 0,
    seed: {
      accessKeys: [{ id: "all", secret: "s" }, ...accessKeys],
      keys: [
        { keyId: own, aliases: ["alias/own"] },
        { keyId: other, aliases: ["alias/other"] },
      ],
    },
    onCall: (record) => calls.push(record),
  });
});
afterAll(() => emulator.close());

const as = (accessKeyId: keyof typeof allowed) => ({ ...emulator, accessKeyId });
const arn = (key: string) => `acs:kms:cn-hangzhou:1234567890123456:key/${key}`;
const refused = (key: string) => ({
  status: 403,
  body: {
    Code: "Forbidden.NoPermission",
    Message: `This operation for ${arn(key)} is forbidden by permission system.`,
  },
});
const blobOf = async (KeyId: string) => (await callOk(emulator, "GenerateDataKey", { KeyId })).CiphertextBlob;

describe("a permission for an action", () => {
  test("lets an access key do what its list names, and nothing else", async () => {
    expect((await call(as("reader"), "DescribeKey", { KeyId: own })).status).toBe(200);
    expect(await call(as("reader"), "GenerateDataKey", { KeyId: own })).toMatchObject(refused("*"));
    expect(await call(as("nothing"), "DescribeKey", { KeyId: own })).toMatchObject(refused("*"));
  });

  test("may be a star, or a name's start and a star", async () => {
    expect((await call(as("everything"), "CreateKey")).status).toBe(200);
    expect((await call(as("generators"), "GenerateDataKeyWithoutPlaintext", { KeyId: own })).status).toBe(200);
    expect(await call(as("generators"), "DescribeKey", { KeyId: own })).toMatchObject(refused("*"));
  });

  test("may name one that the emulator lacks", async () => {
    expect((await call(as("lacking"), "GetSecretValue", { SecretName: "x" })).body.Code).toBe("UnsupportedOperation");
  });

  test("is checked before the parameters: whether a key exists stays unknown", async () => {
    expect(await call(as("reader"), "GenerateDataKey", { KeyId: absent })).toMatchObject(refused("*"));
    expect(await call(as("reader"), "GenerateDataKey", { KeySpec: "x" })).toMatchObject(refused("*"));
  });

  test("shows in a dry run as AccessDeniedError", async () => {
    const { status, body } = await call(as("reader"), "GenerateDataKey", { KeyId: own, DryRun: "true" });
    expect([status, body.Code]).toEqual([403, "AccessDeniedError"]);
  });
});

describe("a permission for one key", () => {
  test.each([own, "alias/own", arn(own), arn("x").replace("key/x", "alias/own")])("covers it as %s", async (KeyId) => {
    expect((await call(as("mixed"), "GenerateDataKey", { KeyId })).status).toBe(200);
  });

  test.each([
    [other, other],
    [arn(other), other],
    ["alias/other", "*"],
    [arn("x").replace("key/x", "alias/other"), "*"],
  ])("does not cover %s; the refusal names what the caller knew", async (KeyId, named) => {
    expect(await call(as("mixed"), "GenerateDataKey", { KeyId })).toMatchObject(refused(named));
    expect(calls.at(-1)).toMatchObject({ keyId: other, code: "Forbidden.NoPermission" });
  });

  test("is checked by the version that a ciphertext names, before it is opened", async () => {
    expect((await call(as("mixed"), "Decrypt", { CiphertextBlob: await blobOf(own) })).status).toBe(200);
    const CiphertextBlob = await blobOf(other);
    expect(await call(as("mixed"), "Decrypt", { CiphertextBlob })).toMatchObject(refused("*"));
    const EncryptionContext = '{"wrong":"context"}';
    expect(await call(as("mixed"), "Decrypt", { CiphertextBlob, EncryptionContext })).toMatchObject(refused("*"));
  });

  test("is checked before the key's state", async () => {
    const disabled = await startEmulator({
      seed: {
        accessKeys: [{ id: "a", secret: "s", allow: [`kms:Encrypt@${own}`, `kms:GenerateDataKey@${own}`] }],
        keys: [{ keyId: own }, { keyId: other, state: "Disabled" }],
      },
    });
    expect(await call(disabled, "GenerateDataKey", { KeyId: other })).toMatchObject(refused(other));
    await disabled.close();
  });

  test("hides whether other keys exist", async () => {
    // As for those that exist: the ARN of an ID that the caller gave, and none through an alias or a ciphertext.
    for (const [KeyId, named] of [
      [absent, absent],
      [arn(absent), absent],
      ["alias/none", "*"],
      ["odd", "*"],
    ] as const) {
      expect(await call(as("mixed"), "GenerateDataKey", { KeyId })).toMatchObject(refused(named));
    }
    const blob = Buffer.from(await blobOf(own), "base64");
    blob.write("key-000000000000000absent-0123456789", "latin1");
    const CiphertextBlob = blob.toString("base64");
    expect(await call(as("mixed"), "Decrypt", { CiphertextBlob })).toMatchObject(refused("*"));
    expect((await call(as("mixed"), "DescribeKey", { KeyId: absent })).body.Code).toBe("Forbidden.KeyNotFound");
  });

  test("tells of that key that it is gone", async () => {
    const to = as("gone");
    expect((await call(to, "DescribeKey", { KeyId: absent })).body.Code).toBe("Forbidden.KeyNotFound");
    expect(await call(to, "DescribeKey", { KeyId: "alias/none" })).toMatchObject(refused("*"));
  });

  test("shows in a dry run as AccessDeniedError with the key's ARN", async () => {
    const { body } = await call(as("mixed"), "GenerateDataKey", { KeyId: other, DryRun: "true" });
    expect(body).toMatchObject({ Code: "AccessDeniedError", Message: refused(other).body.Message });
  });

  /** Everything that any action needs, so that none fails for want of a parameter. */
  const parameters = async (): Promise<Params> => ({
    KeyId: other,
    DestinationKeyId: other,
    CiphertextBlob: await blobOf(other),
    AliasName: "alias/other",
    KeyVersionId: (await callOk(emulator, "DescribeKey", { KeyId: other })).KeyMetadata.PrimaryKeyVersion,
    WrappingKeySpec: "RSA_2048",
    WrappingAlgorithm: "RSAES_OAEP_SHA_256",
    PublicKeyBlob: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    Algorithm: "RSAES_OAEP_SHA_256",
    Plaintext: "AAAA",
    Description: "x",
    PendingWindowInDays: "7",
    EnableAutomaticRotation: "false",
    EnableDeletionProtection: "false",
    ProtectedResourceArn: arn(other),
    PolicyName: "default",
    Policy: '{"Version":"1","Statement":[{}]}',
    Tags: '[{"TagKey":"a","TagValue":"b"}]',
    TagKeys: '["a"]',
    ResourceType: "key",
    "ResourceId.1": other,
    "Tag.1.Key": "a",
    "Tag.1.Value": "b",
    "TagKey.1": "a",
  });

  test.each([...actions.keys()])("of another key never allows %s", async (action) => {
    expect(await call(as("ownOnly"), action, await parameters())).toMatchObject({
      status: 403,
      body: { Code: "Forbidden.NoPermission" },
    });
  });
});

describe("ReEncrypt", () => {
  test("needs a permission on each of its two keys", () => {
    const permission = new Permission(allowed.fromOwn, "ReEncrypt");
    expect(permission.allowsAny()).toBe(true);
    expect([permission.allows(own, "KeyId"), permission.allows(own, "DestinationKeyId")]).toEqual([true, false]);
    expect([permission.allows(other, "KeyId"), permission.allows(other, "DestinationKeyId")]).toEqual([false, true]);
    expect(new Permission(["kms:ReEncryptFrom"], "ReEncrypt").allowsAny()).toBe(false);
  });

  test.each(["kms:ReEncrypt", "kms:ReEncrypt*", "kms:*"])("is allowed by %s alone", (entry) => {
    const permission = new Permission([entry], "ReEncrypt");
    expect([
      permission.allowsAny(),
      permission.allows(own, "KeyId"),
      permission.allows(own, "DestinationKeyId"),
    ]).toEqual([true, true, true]);
  });
});
