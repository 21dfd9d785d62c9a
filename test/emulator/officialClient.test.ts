import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import KmsClient, * as kms from "@alicloud/kms20160120";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { officialClient } from "./clients";

/** What the official client 1.2.0 also has, and the emulator, which is about data keys, has not. */
const ELSEWHERE = [
  ...["createSecret", "deleteSecret", "describeSecret", "getRandomPassword", "getSecretValue", "listSecretVersionIds"],
  ...["listSecrets", "putSecretValue", "restoreSecret", "updateSecret", "updateSecretVersionStage"],
  ...["asymmetricSign", "asymmetricVerify", "deleteKeyMaterial", "describeService"],
  ...["getParametersForImport", "importKeyMaterial"],
];

describe("the official client @alicloud/kms20160120 1.2.0, unmodified", () => {
  let emulator: Emulator;
  let client: KmsClient;
  const called = new Set<string>();

  beforeAll(async () => {
    emulator = await startEmulator();
    const official = officialClient(emulator);
    // Notes which methods were called, and changes nothing: they run on the client itself.
    client = new Proxy(official, {
      get(target, name) {
        called.add(String(name));
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
  });
  afterAll(() => emulator.close());

  const newKey = async (keySpec?: string): Promise<kms.CreateKeyResponseKeyMetadata> =>
    (await client.createKey(new kms.CreateKeyRequest({ keySpec, description: "a key" }))).keyMetadata;

  test("makes and describes a key, and changes what is said of it", async () => {
    const { keyId, arn } = await newKey();
    expect(arn).toBe(`acs:kms:cn-hangzhou:1234567890123456:key/${keyId}`);
    await client.updateKeyDescription(new kms.UpdateKeyDescriptionRequest({ keyId, description: "another" }));
    await client.updateRotationPolicy(
      new kms.UpdateRotationPolicyRequest({ keyId, enableAutomaticRotation: true, rotationInterval: "604800s" }),
    );
    const { keyMetadata } = await client.describeKey(new kms.DescribeKeyRequest({ keyId: arn }));
    expect(keyMetadata).toMatchObject({
      keyId,
      arn,
      description: "another",
      keyState: "Enabled",
      keySpec: "Aliyun_AES_256",
      keyUsage: "ENCRYPT/DECRYPT",
      automaticRotation: "Enabled",
      rotationInterval: "604800s",
    });
    expect(Date.parse(keyMetadata.nextRotationDate)).toBeGreaterThan(Date.now());
  });

  test("finds keys and regions in lists", async () => {
    const { keyId } = await newKey();
    const { keys, totalCount } = await client.listKeys(new kms.ListKeysRequest({ pageNumber: 1, pageSize: 100 }));
    expect(keys.key.map((key) => key.keyId)).toContain(keyId);
    expect(keys.key).toHaveLength(totalCount);
    const { regions } = await client.describeRegions(new kms.DescribeRegionsRequest({}));
    expect(regions.region.map(({ regionId }) => regionId)).toContain("cn-hangzhou");
  });

  test("disables, enables, schedules the deletion of a key, and takes that back", async () => {
    const { keyId } = await newKey();
    const state = async () => (await client.describeKey(new kms.DescribeKeyRequest({ keyId }))).keyMetadata.keyState;
    await client.disableKey(new kms.DisableKeyRequest({ keyId }));
    expect(await state()).toBe("Disabled");
    await client.enableKey(new kms.EnableKeyRequest({ keyId }));
    expect(await state()).toBe("Enabled");
    await client.scheduleKeyDeletion(new kms.ScheduleKeyDeletionRequest({ keyId, pendingWindowInDays: 7 }));
    expect(await state()).toBe("PendingDeletion");
    await client.cancelKeyDeletion(new kms.CancelKeyDeletionRequest({ keyId }));
    expect(await state()).not.toBe("PendingDeletion");
  });

  test("gives, moves, lists and takes aliases", async () => {
    const [first, second] = [await newKey(), await newKey()];
    const aliasName = "alias/official-client";
    await client.createAlias(new kms.CreateAliasRequest({ keyId: first.keyId, aliasName }));
    await client.updateAlias(new kms.UpdateAliasRequest({ keyId: second.keyId, aliasName }));
    const ofKey = await client.listAliasesByKeyId(new kms.ListAliasesByKeyIdRequest({ keyId: second.keyId }));
    expect(ofKey.aliases.alias).toEqual([expect.objectContaining({ aliasName, keyId: second.keyId })]);
    const all = await client.listAliases(new kms.ListAliasesRequest({ pageNumber: 1, pageSize: 100 }));
    expect(all.aliases.alias.map((alias) => alias.aliasName)).toContain(aliasName);
    await client.deleteAlias(new kms.DeleteAliasRequest({ aliasName }));
    await expect(client.describeKey(new kms.DescribeKeyRequest({ keyId: aliasName }))).rejects.toMatchObject({
      data: { Code: "Forbidden.AliasNotFound" },
    });
  });

  test("tags a key", async () => {
    const { keyId } = await newKey();
    const tags = JSON.stringify([{ TagKey: "team", TagValue: "orders" }]);
    await client.tagResource(new kms.TagResourceRequest({ keyId, tags }));
    const tagged = await client.listResourceTags(new kms.ListResourceTagsRequest({ keyId }));
    expect(tagged.tags.tag).toEqual([expect.objectContaining({ keyId, tagKey: "team", tagValue: "orders" })]);
    await client.untagResource(new kms.UntagResourceRequest({ keyId, tagKeys: JSON.stringify(["team"]) }));
    expect((await client.listResourceTags(new kms.ListResourceTagsRequest({ keyId }))).tags.tag).toEqual([]);
  });

  test("makes a version, and opens what the one before has sealed", async () => {
    const { keyId } = await newKey();
    const sealed = await client.generateDataKey(new kms.GenerateDataKeyRequest({ keyId, numberOfBytes: 24 }));
    const { keyVersion } = await client.createKeyVersion(new kms.CreateKeyVersionRequest({ keyId }));
    const { keyVersionId } = keyVersion;
    const described = await client.describeKeyVersion(new kms.DescribeKeyVersionRequest({ keyId, keyVersionId }));
    expect(described.keyVersion.keyVersionId).toBe(keyVersionId);
    const { keyVersions } = await client.listKeyVersions(new kms.ListKeyVersionsRequest({ keyId }));
    expect(keyVersions.keyVersion.map((version) => version.keyVersionId).sort()).toEqual(
      [sealed.keyVersionId, keyVersionId].sort(),
    );
    const { ciphertextBlob, plaintext } = sealed;
    expect(await client.decrypt(new kms.DecryptRequest({ ciphertextBlob }))).toMatchObject({ plaintext, keyId });
    const later = await client.generateDataKeyWithoutPlaintext(
      new kms.GenerateDataKeyWithoutPlaintextRequest({ keyId }),
    );
    expect(later.keyVersionId).toBe(keyVersionId);
  });

  test.each(["Aliyun_AES_256", "Aliyun_AES_128", "Aliyun_SM4"])("encrypts and decrypts under %s", async (keySpec) => {
    const { keyId } = await newKey(keySpec);
    const plaintext = Buffer.from("some text").toString("base64");
    const { ciphertextBlob } = await client.encrypt(new kms.EncryptRequest({ keyId, plaintext }));
    expect((await client.decrypt(new kms.DecryptRequest({ ciphertextBlob }))).plaintext).toBe(plaintext);
  });

  test.each([
    ["RSA_2048", "RSAES_OAEP_SHA_256"],
    ["RSA_3072", "RSAES_OAEP_SHA_1"],
    ["EC_SM2", "SM2PKE"],
  ])("encrypts and decrypts under %s with %s", async (keySpec, algorithm) => {
    const { keyId } = await newKey(keySpec);
    const { keyVersions } = await client.listKeyVersions(new kms.ListKeyVersionsRequest({ keyId }));
    const keyVersionId = keyVersions.keyVersion[0]?.keyVersionId ?? "";
    const plaintext = Buffer.from("some text").toString("base64");
    const key = { keyId, keyVersionId, algorithm };
    const { ciphertextBlob } = await client.asymmetricEncrypt(new kms.AsymmetricEncryptRequest({ ...key, plaintext }));
    const opened = await client.asymmetricDecrypt(new kms.AsymmetricDecryptRequest({ ...key, ciphertextBlob }));
    expect(opened.plaintext).toBe(plaintext);
  });

  test("decrypts what was encrypted outside under the public key", async () => {
    const { keyId } = await newKey("RSA_2048");
    const { keyVersions } = await client.listKeyVersions(new kms.ListKeyVersionsRequest({ keyId }));
    const keyVersionId = keyVersions.keyVersion[0]?.keyVersionId ?? "";
    const { publicKey } = await client.getPublicKey(new kms.GetPublicKeyRequest({ keyId, keyVersionId }));
    const key = { key: createPublicKey(publicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const ciphertextBlob = publicEncrypt(key, Buffer.from("from outside")).toString("base64");
    const opened = await client.asymmetricDecrypt(
      new kms.AsymmetricDecryptRequest({ keyId, keyVersionId, algorithm: "RSAES_OAEP_SHA_256", ciphertextBlob }),
    );
    expect(Buffer.from(opened.plaintext, "base64").toString()).toBe("from outside");
  });

  test("was asked for every action that it has and the emulator speaks", () => {
    const own = Object.getOwnPropertyNames(KmsClient.prototype).filter((name) => `${name}Ex` in KmsClient.prototype);
    expect(own).toHaveLength(45);
    expect([...called].sort()).toEqual(own.filter((name) => !ELSEWHERE.includes(name)).sort());
  });
});
