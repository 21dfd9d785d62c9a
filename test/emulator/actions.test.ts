import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk, newKey, type Answer, type Params } from "./clients";

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator({
    account: "42",
    region: "eu-central-1",
    seed: {
      keys: [
        { keyId: "1234abcd-12ab-34cd-56ef-1234567890ab", aliases: ["alias/uuid"] },
        ...(["Disabled", "PendingDeletion", "PendingImport", "Unavailable"] as const).map((state) => ({
          state,
          aliases: [`alias/${state}`],
        })),
      ],
    },
  });
  keyId = await newKey(emulator);
});
afterAll(() => emulator.close());

const error = async (action: string, params: Params) => {
  const { status, body } = await call(emulator, action, params);
  return [status, body.Code];
};
const blobBytes = (answer: Answer) => Buffer.from(answer.CiphertextBlob, "base64");

describe("CreateKey", () => {
  test("makes an enabled key with one version", async () => {
    const { KeyMetadata, RequestId } = await callOk(emulator, "CreateKey", { Description: "for orders" });
    expect(RequestId).toMatch(/^[0-9a-f]{8}-/);
    expect(KeyMetadata).toMatchObject({
      Arn: `acs:kms:eu-central-1:42:key/${KeyMetadata.KeyId}`,
      AutomaticRotation: "Disabled",
      Creator: "42",
      Description: "for orders",
      KeySpec: "Aliyun_AES_256",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT/DECRYPT",
      Origin: "Aliyun_KMS",
      ProtectionLevel: "SOFTWARE",
    });
    expect(KeyMetadata.KeyId).toMatch(/^key-[a-z0-9]{21}$/);
    expect(KeyMetadata.PrimaryKeyVersion).toHaveLength(36);
    expect(KeyMetadata.PrimaryKeyVersion.startsWith(`${KeyMetadata.KeyId}-`)).toBe(true);
    expect(KeyMetadata.CreationDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test("makes a key of an instance, with tags, rotation, a policy and a level", async () => {
    const { KeyMetadata } = await callOk(emulator, "CreateKey", {
      DKMSInstanceId: "kst-abc1",
      ProtectionLevel: "HSM",
      EnableAutomaticRotation: "true",
      RotationInterval: "30d",
      Policy: '{"Version":"1","Statement":[{}]}',
      Tags: '[{"TagKey":"team","TagValue":"orders"}]',
    });
    const { KeyId } = KeyMetadata;
    expect(KeyMetadata).toMatchObject({
      DKMSInstanceId: "kst-abc1",
      ProtectionLevel: "HSM",
      AutomaticRotation: "Enabled",
      RotationInterval: "2592000s",
    });
    expect((await callOk(emulator, "GetKeyPolicy", { KeyId })).Policy).toBe('{"Version":"1","Statement":[{}]}');
    expect((await callOk(emulator, "ListResourceTags", { KeyId })).Tags.Tag).toEqual([
      { KeyId, TagKey: "team", TagValue: "orders" },
    ]);
  });

  test("makes a key that waits for its material, and says so", async () => {
    const { KeyMetadata } = await callOk(emulator, "CreateKey", { Origin: "EXTERNAL" });
    expect(KeyMetadata).toMatchObject({ KeyState: "PendingImport", Origin: "EXTERNAL" });
  });

  test("answers what was not asked for as absent or empty, not as something else", async () => {
    const { KeyMetadata } = await callOk(emulator, "CreateKey");
    expect(KeyMetadata).toMatchObject({ Description: "", DeleteDate: "", MaterialExpireTime: "" });
    for (const name of ["DKMSInstanceId", "RotationInterval", "NextRotationDate"]) {
      expect(Object.keys(KeyMetadata)).not.toContain(name);
    }
  });

  test.each([
    [{ KeySpec: "AES_512" }, "InvalidParameter"],
    [{ KeyUsage: "SIGN/VERIFY" }, "InvalidParameter"],
    [{ ProtectionLevel: "PAPER" }, "InvalidParameter"],
    [{ Description: "x".repeat(8193) }, "InvalidParameter"],
    [{ Origin: "external" }, "InvalidParameter"],
    [{ Origin: "EXTERNAL", KeySpec: "RSA_2048" }, "Unsupported.Origin"],
    [{ DKMSInstanceId: "abc" }, "InvalidParameter"],
    [{ DKMSInstanceId: "kst-abc1", Policy: "{}" }, "InvalidParameter"],
  ])("refuses %p", async (params, code) => {
    expect(await error("CreateKey", params as Params)).toEqual([400, code]);
  });
});

describe("DescribeKey", () => {
  test("answers what CreateKey answered, and the deletion protection", async () => {
    const { KeyMetadata } = await callOk(emulator, "CreateKey", { ProtectionLevel: "HSM" });
    const described = await callOk(emulator, "DescribeKey", { KeyId: KeyMetadata.KeyId });
    expect(described.KeyMetadata).toEqual({
      ...KeyMetadata,
      DeletionProtection: "Disabled",
      DeletionProtectionDescription: "",
    });
  });

  test.each(["Disabled", "PendingDeletion", "PendingImport", "Unavailable"])("tells of the state %s", async (state) => {
    const { KeyMetadata } = await callOk(emulator, "DescribeKey", { KeyId: `alias/${state}` });
    expect(KeyMetadata.KeyState).toBe(state);
    expect(KeyMetadata.DeleteDate === "").toBe(state !== "PendingDeletion");
  });
});

describe("KeyId", () => {
  test("names a key by its ID, alias, or the ARN of either; the answer names the ID", async () => {
    await callOk(emulator, "CreateAlias", { KeyId: keyId, AliasName: "alias/four/names_1" });
    const arn = "acs:kms:eu-central-1:42:";
    for (const name of [keyId, "alias/four/names_1", `${arn}key/${keyId}`, `${arn}alias/four/names_1`]) {
      expect((await callOk(emulator, "GenerateDataKey", { KeyId: name })).KeyId).toBe(keyId);
    }
  });

  test("is missing, unknown, or of another region or account", async () => {
    expect(await error("GenerateDataKey", {})).toEqual([400, "MissingParameter"]);
    expect(await error("GenerateDataKey", { KeyId: "" })).toEqual([400, "MissingParameter"]);
    expect(await error("GenerateDataKey", { KeyId: "alias/none" })).toEqual([404, "Forbidden.AliasNotFound"]);
    for (const name of [
      "key-0000000000000000000aa",
      "nonsense",
      `key/${keyId}`,
      `acs:kms:cn-hangzhou:42:key/${keyId}`,
      `acs:kms:eu-central-1:43:key/${keyId}`,
      `acs:kms:eu-central-1:43:alias/uuid`,
      "__proto__",
    ]) {
      expect(await error("GenerateDataKey", { KeyId: name })).toEqual([404, "Forbidden.KeyNotFound"]);
    }
  });
});

describe("CreateAlias", () => {
  test("refuses a taken alias, a malformed one, a reserved one and a key pending deletion", async () => {
    const create = (AliasName: string, KeyId = keyId) => error("CreateAlias", { KeyId, AliasName });
    expect(await create("alias/uuid")).toEqual([400, "AliasAlreadyExists"]);
    for (const name of ["uuid", "alias/", "alias/a b", "alias/acs/kms", `alias/${"x".repeat(256)}`]) {
      expect(await create(name)).toEqual([400, "InvalidParameter"]);
    }
    expect(await create("alias/late", "alias/PendingDeletion")).toEqual([409, "Rejected.StateModifiedFailed"]);
    expect(await create("alias/none", "alias/missing")).toEqual([404, "Forbidden.AliasNotFound"]);
  });
});

describe("GenerateDataKey", () => {
  test.each([
    [{}, 32],
    [{ KeySpec: "AES_256" }, 32],
    [{ KeySpec: "AES_128" }, 16],
    [{ NumberOfBytes: "1" }, 1],
    [{ NumberOfBytes: "1024" }, 1024],
    [{ KeySpec: "AES_128", NumberOfBytes: "64" }, 64],
    [{ KeySpec: "ignored beside NumberOfBytes", NumberOfBytes: "64" }, 64],
  ])("with %p makes %d bytes", async (params, bytes) => {
    const answer = await callOk(emulator, "GenerateDataKey", { KeyId: keyId, ...(params as Params) });
    expect(Buffer.from(answer.Plaintext, "base64")).toHaveLength(bytes);
  });

  test.each([
    { NumberOfBytes: "0" },
    { NumberOfBytes: "1025" },
    { NumberOfBytes: "-1" },
    { NumberOfBytes: "1.5" },
    { NumberOfBytes: "032" },
    { KeySpec: "AES_192" },
    { DryRun: "maybe" },
  ])("refuses %p", async (params) => {
    expect(await error("GenerateDataKey", { KeyId: keyId, ...(params as Params) })).toEqual([400, "InvalidParameter"]);
  });

  test("never gives plaintext to an enclave's request", async () => {
    expect(await error("GenerateDataKey", { KeyId: keyId, Recipient: "{}" })).toEqual([400, "UnsupportedOperation"]);
  });

  test("lays the blob out as version ID, IV, ciphertext and tag: 108 bytes for a data key of 32", async () => {
    const answer = await callOk(emulator, "GenerateDataKey", { KeyId: keyId });
    expect(blobBytes(answer)).toHaveLength(108);
    expect(blobBytes(answer).toString("latin1", 0, 36)).toBe(answer.KeyVersionId);
  });

  test("gives another data key and another blob each time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => callOk(emulator, "GenerateDataKey", { KeyId: keyId })),
    );
    expect(new Set(answers.map((answer) => answer.Plaintext)).size).toBe(50);
    expect(new Set(answers.map((answer) => blobBytes(answer).toString("hex", 36, 48))).size).toBe(50);
  });

  test("works under a key whose ID is a UUID, with version IDs that are UUIDs", async () => {
    const made = await callOk(emulator, "GenerateDataKey", { KeyId: "alias/uuid" });
    expect(made.KeyId).toBe("1234abcd-12ab-34cd-56ef-1234567890ab");
    expect(made.KeyVersionId).toMatch(/^[0-9a-f-]{36}$/);
    const opened = await callOk(emulator, "Decrypt", { CiphertextBlob: made.CiphertextBlob });
    expect(opened).toMatchObject({ KeyId: made.KeyId, KeyVersionId: made.KeyVersionId, Plaintext: made.Plaintext });
  });

  test.each(["Disabled", "PendingDeletion", "PendingImport", "Unavailable"])(
    "is refused by a key that is %s",
    async (state) => {
      const { status, body } = await call(emulator, "GenerateDataKey", { KeyId: `alias/${state}` });
      expect(status).toBe(409);
      expect(body).toMatchObject({
        Code: `Rejected.${state}`,
        Message: `The request was rejected because the key state is ${state}.`,
      });
    },
  );
});

test("GenerateDataKeyWithoutPlaintext answers the blob and no plaintext", async () => {
  const made = await callOk(emulator, "GenerateDataKeyWithoutPlaintext", { KeyId: keyId, KeySpec: "AES_128" });
  expect(Object.keys(made).sort()).toEqual(["CiphertextBlob", "KeyId", "KeyVersionId", "RequestId"]);
  const opened = await callOk(emulator, "Decrypt", { CiphertextBlob: made.CiphertextBlob });
  expect(Buffer.from(opened.Plaintext, "base64")).toHaveLength(16);
});

describe("the encryption context", () => {
  const opens = async (made: string | undefined, given: string | undefined) => {
    const context = (text: string | undefined): Params => (text === undefined ? {} : { EncryptionContext: text });
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId: keyId, ...context(made) });
    return (await call(emulator, "Decrypt", { CiphertextBlob, ...context(given) })).status;
  };

  test.each([
    [undefined, "{}"],
    ["{}", undefined],
    ['{"a":"1","b":"2"}', ' { "b" : "2",\n"a":"1" } '],
    ['{"é":"\\u00e9"}', '{"\\u00e9":"é"}'],
    ['{"__proto__":"x"}', '{"__proto__":"x"}'],
    [`{"a":"${"x".repeat(8184)}"}`, `{"a":"${"x".repeat(8184)}"}`],
  ])("made with %p opens with %p", async (made, given) => {
    expect(await opens(made, given)).toBe(200);
  });

  test.each([
    ['{"a":"bc"}', '{"ab":"c"}'],
    ['{"a":"b&c=d"}', '{"a":"b","c":"d"}'],
    ['{"a":"b","c":"d"}', '{"a":"bcd"}'],
    ['{"a":"1"}', '{"a":"2"}'],
    ['{"a":"1"}', '{"A":"1"}'],
    ['{"a":"1"}', '{"a":"1","b":""}'],
    ['{"a":"1"}', undefined],
    ['{"a":""}', '{"":"a"}'],
    ["{}", '{"":""}'],
    ['{"é":"x"}', '{"e\\u0301":"x"}'],
  ])("made with %p does not open with %p", async (made, given) => {
    expect(await opens(made, given)).toBe(400);
  });

  test.each([
    "Example",
    "null",
    "[]",
    '"text"',
    '["a"]',
    '{"a":1}',
    '{"a":null}',
    '{"a":{"b":"c"}}',
    '{"a":["b"]}',
    '{"a":"1","a":"1"}',
    '{"a":"1","\\u0061":"2"}',
    '{"a":"\\ud800"}',
    '{"a":"b"',
    `{"a":"${"x".repeat(8185)}"}`,
  ])("refuses %p", async (EncryptionContext) => {
    expect(await error("GenerateDataKey", { KeyId: keyId, EncryptionContext })).toEqual([400, "InvalidParameter"]);
  });
});

describe("Decrypt", () => {
  test("refuses every mutation of a blob with a typed error, and goes on working", async () => {
    const { CiphertextBlob, Plaintext } = await callOk(emulator, "GenerateDataKey", { KeyId: keyId });
    const genuine = Buffer.from(CiphertextBlob, "base64");
    const mutations: Buffer[] = [];
    for (let at = 0; at < genuine.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const mutated = Buffer.from(genuine);
        mutated[at] = (mutated[at] ?? 0) ^ change;
        mutations.push(mutated);
      }
      mutations.push(genuine.subarray(0, at), genuine.subarray(at + 1));
    }
    mutations.push(
      Buffer.concat([genuine, genuine]),
      Buffer.alloc(108),
      Buffer.alloc(108, 255),
      Buffer.alloc(5000, 97),
    );
    const statuses: Record<string, number> = {
      MissingParameter: 400,
      InvalidParameter: 400,
      "Forbidden.KeyNotFound": 404,
    };
    for (const mutated of mutations) {
      const { status, body } = await call(emulator, "Decrypt", { CiphertextBlob: mutated.toString("base64") });
      expect(Object.keys(statuses)).toContain(body.Code);
      expect(status).toBe(statuses[body.Code]);
    }
    expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
  });

  test("refuses text that is not canonical base64", async () => {
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", { KeyId: keyId, NumberOfBytes: "31" });
    for (const text of [
      ` ${CiphertextBlob}`,
      `${CiphertextBlob}\n`,
      CiphertextBlob.replaceAll("+", "-").replaceAll("/", "_") + "=",
      `${CiphertextBlob}AAAA`,
      "*",
      "密",
    ]) {
      expect(await error("Decrypt", { CiphertextBlob: text })).toEqual([400, "InvalidParameter"]);
    }
  });

  test("tells a blob of an unknown key version from a broken one", async () => {
    const foreign = Buffer.concat([Buffer.from("key-000000000000000000000-0000000000"), Buffer.alloc(72)]);
    expect(await error("Decrypt", { CiphertextBlob: foreign.toString("base64") })).toEqual([
      404,
      "Forbidden.KeyNotFound",
    ]);
  });

  test("refuses a blob moved to another key by its version ID", async () => {
    const made = await callOk(emulator, "GenerateDataKey", { KeyId: keyId });
    const { KeyVersionId } = await callOk(emulator, "GenerateDataKey", { KeyId: "alias/uuid" });
    const moved = Buffer.concat([Buffer.from(KeyVersionId), blobBytes(made).subarray(36)]);
    expect(await error("Decrypt", { CiphertextBlob: moved.toString("base64") })).toEqual([400, "InvalidParameter"]);
  });
});

test("an action that is not in the table is unsupported", async () => {
  for (const action of ["ListSecrets", "__proto__", "decrypt"]) {
    expect(await error(action, {})).toEqual([400, "UnsupportedOperation"]);
  }
});
