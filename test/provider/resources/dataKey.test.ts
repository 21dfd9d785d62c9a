import "../errorsOfNode";
import { createHash } from "node:crypto";
import {
  CancelledError,
  ConfigurationError,
  MalformedAnswerError,
  ServiceError,
  UnreachableError,
} from "../../../provider/errors";
import { secretOutputs } from "../../../provider/fields";
import { connectKms } from "../../../provider/kms/connectKms";
import { resolveTarget } from "../../../provider/kms/connection";
import { UNKNOWN, type Host, type Inputs } from "../../../provider/lifecycle";
import { dataKey, dataKeySpec, type DataKeyState, type DataKeyVersion } from "../../../provider/resources/dataKey";
import { CANARY, leaks } from "../canary";
import { checked, faultsOf } from "../checked";
import { answerJson, deadServer, GENERATED, startFaultServer } from "../faultServer";
import { rejection } from "../rejection";
import { testHost } from "../testHost";
import { ACCOUNT, KEY_A, KEY_B, SECRET, startTestKms, type TestKms } from "../testKms";

let kms: TestKms;
beforeAll(async () => void (kms = await startTestKms()));
afterAll(() => kms.close());

/** No real pauses between tries. */
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
  kms.newCalls();
});
afterEach(() => jest.restoreAllMocks());

const create = async (inputs: Inputs, host: Host = kms.host()) =>
  (await dataKey.create(host, { args: checked(dataKey, host, inputs) })).state;

/** Checks and updates as Pulumi does: with the state's inputs as the old ones. */
const update = (state: DataKeyState, inputs: Inputs, host: Host = kms.host()) =>
  dataKey.update(host, { state, args: checked(dataKey, host, inputs, { ...state }) });

const diff = (state: DataKeyState, inputs: Inputs, host: Host = kms.host()) =>
  dataKey.diff({ state, inputs: { ...checked(dataKey, host, inputs, { ...state }) } }).changes;

/** Opens a version with nothing but what the version itself holds. */
async function opened(version: DataKeyVersion): Promise<Buffer> {
  const { settings } = kms.host();
  const { ciphertextBlob, encryptionContext, region } = version;
  const { plaintext } = await connectKms(resolveTarget({ region }, settings), settings).decrypt({
    ciphertextBlob,
    encryptionContext,
  });
  return Buffer.from(plaintext, "base64");
}

const current = (state: DataKeyState): DataKeyVersion => ({
  ...state,
  region: state.connection?.region ?? "",
});

describe("check", () => {
  const faults = (inputs: Inputs) => faultsOf(dataKey, kms.host(), inputs);

  test.each<[string, Inputs]>([
    ["a key ID", { keyId: KEY_A }],
    ["a UUID", { keyId: "08c33a6f-4e0a-4a1b-a3fa-7ddf1d71a3a1" }],
    ["an alias", { keyId: "alias/a_b/c-D9" }],
    ["the ARN of a key", { keyId: `acs:kms:cn-hangzhou:${ACCOUNT}:key/${KEY_A}` }],
    ["the ARN of an alias", { keyId: `acs:kms:cn-hangzhou:${ACCOUNT}:alias/a/b` }],
    ["a spec", { keyId: "a", keySpec: "AES_128" }],
    ["a length", { keyId: "a", numberOfBytes: 1024 }],
    ["a length as configuration gives it", { keyId: "a", numberOfBytes: "1" }],
    [
      "everything",
      {
        keyId: "a",
        keySpec: "AES_256",
        encryptionContext: { a: "b" },
        rotationTriggers: { "2024": "" },
        retainVersions: 0,
        withPlaintext: true,
        connection: { region: "cn-hangzhou", network: "vpc" },
      },
    ],
    ["nulls", { keyId: "a", keySpec: null, numberOfBytes: null, encryptionContext: null, connection: null }],
    ["what is unknown", { keyId: UNKNOWN, numberOfBytes: UNKNOWN, encryptionContext: { a: UNKNOWN } }],
  ])("accepts %s", (_, inputs) => {
    expect(faults(inputs)).toEqual([]);
  });

  test.each<[Inputs, RegExp]>([
    [{ keyId: undefined }, /^keyId is missing, and is required$/],
    [{ keyId: "a b" }, /^keyId names no key \(allowed: a key ID, alias\/<name>, or an ARN/],
    [{ keyId: "alias/" }, /^keyId names no key/],
    [{ keyId: "alias/ä" }, /^keyId names no key/],
    [{ keyId: `alias/${"a".repeat(256)}` }, /^keyId names no key/],
    [{ keyId: "acs:kms:cn-hangzhou::key/a" }, /^keyId names no key/],
    [{ keyId: "acs:ecs:cn-hangzhou:1:key/a" }, /^keyId names no key/],
    [{ keyId: "a\n" }, /^keyId names no key/],
    [{ keySpec: "AES_512" }, /^keySpec is none of the allowed values: AES_256, AES_128$/],
    [{ numberOfBytes: 0 }, /^numberOfBytes must be a whole number from 1 to 1024, and is 0$/],
    [{ numberOfBytes: 1.5 }, /^numberOfBytes must be a whole number from 1 to 1024, and is 1\.5$/],
    [{ numberOfBytes: 1025 }, /^numberOfBytes must be a whole number from 1 to 1024, and is 1025$/],
    [
      { numberOfBytes: 32, keySpec: "AES_256" },
      /^numberOfBytes is given beside keySpec, .*\(allowed: one of the two\)$/,
    ],
    [{ encryptionContext: { a: 1 } }, /^encryptionContext\.a must be a string, and is a number$/],
    [{ encryptionContext: { a: null } }, /^encryptionContext\.a must be a string, and is null$/],
    [
      { encryptionContext: { a: "x".repeat(8192) } },
      /^encryptionContext is 8200 characters of JSON \(allowed: at most 8192\)$/,
    ],
    [{ rotationTriggers: { a: 2024 } }, /^rotationTriggers\.a must be a string/],
    [{ retainVersions: -1 }, /^retainVersions must be a whole number of 0 or more, and is -1$/],
    [{ withPlaintext: "yes" }, /^withPlaintext must be true or false/],
    [{ connection: "cn-hangzhou" }, /^connection must be an object, and is a string$/],
    [
      { connection: { region: "Hangzhou" } },
      /^connection\.region is not a region ID \(allowed: such as cn-hangzhou\)$/,
    ],
    [{ connection: { network: "intranet" } }, /^connection\.network is none of the allowed values: public, vpc$/],
    [{ connection: { kmsInstanceId: "kst_1" } }, /^connection\.kmsInstanceId is not the ID of a KMS instance/],
    [
      { connection: { endpoint: "http://kms.example" } },
      /^connection\.endpoint is plain HTTP, which is for loopback only/,
    ],
    [{ connection: { endpoint: 7 } }, /^connection\.endpoint must be a string, and is a number$/],
    [{ connection: { caCertificate: "x" } }, /^connection\.caCertificate is not a certificate/],
    [{ connection: { zone: "a" } }, /^connection\.zone is not a property \(allowed: region, network, kmsInstanceId, /],
    [{ emulated: true }, /^emulated is filled in by the provider, and must not be given$/],
    [{ rotationTrigger: {} }, /^rotationTrigger is not a property \(allowed: keyId, keySpec, numberOfBytes, /],
  ])("finds the one fault of %j", (inputs, fault) => {
    const found = faults({ keyId: "a", ...inputs });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(fault);
  });

  test("finds all faults at once, that of a missing region too", () => {
    const inputs = { keySpec: "AES", numberOfBytes: 0, encryptionContext: { a: 1 }, extra: 1 };
    const found = faultsOf(dataKey, testHost(), inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([
      "extra",
      "keyId",
      "keySpec",
      "numberOfBytes",
      "encryptionContext.a",
      "numberOfBytes",
      "connection.region",
    ]);
  });

  test("keeps what was given, and fills in region and emulation", () => {
    const inputs = { keyId: "alias/a", numberOfBytes: "32", encryptionContext: { a: "b" } };
    expect(dataKey.check(kms.host(), { inputs }).inputs).toEqual({
      ...inputs,
      connection: { region: "cn-hangzhou" },
      emulated: true,
    });
  });

  test("calls nothing", () => {
    faults({ keyId: "alias/none" });
    expect(kms.newCalls()).toEqual([]);
  });
});

test("the ciphertexts and the plaintext are secret, and nothing else", () => {
  expect(secretOutputs(dataKeySpec)).toEqual(["ciphertextBlob", "previousVersions", "plaintext"]);
});

test("no output bears an input's name", () => {
  expect(Object.keys(dataKeySpec.outputs).filter((name) => name in dataKeySpec.inputs)).toEqual([]);
});

describe("create", () => {
  test("generates a data key that opens to the length that was asked for", async () => {
    const state = await create({ keyId: "alias/a", numberOfBytes: 48, encryptionContext: { app: "shop" } });
    expect(kms.newCalls()).toEqual(["GenerateDataKeyWithoutPlaintext"]);
    expect(state).toEqual({
      keyId: "alias/a",
      numberOfBytes: 48,
      encryptionContext: { app: "shop" },
      connection: { region: "cn-hangzhou" },
      emulated: true,
      ciphertextBlob: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) as unknown,
      resolvedKeyId: KEY_A,
      keyVersionId: expect.stringMatching(`^${KEY_A}-`) as unknown,
      dataKeyBytes: 48,
      ciphertextSha256: createHash("sha256").update(Buffer.from(state.ciphertextBlob, "base64")).digest("hex"),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      requestId: kms.calls.at(-1)?.requestId,
      keyState: "Enabled",
      previousVersions: [],
    });
    expect(await opened(current(state))).toHaveLength(48);
  });

  test.each<[Inputs, number]>([
    [{}, 32],
    [{ keySpec: "AES_256" }, 32],
    [{ keySpec: "AES_128" }, 16],
    [{ numberOfBytes: 1 }, 1],
    [{ numberOfBytes: "1024" }, 1024],
    [{ keySpec: null, numberOfBytes: null }, 32],
  ])("with %j makes %d bytes", async (inputs, length) => {
    const state = await create({ keyId: KEY_A, ...inputs });
    expect(state.dataKeyBytes).toBe(length);
    expect(await opened(current(state))).toHaveLength(length);
  });

  test("gives an ID that is a digest of the ciphertext, and never secret", async () => {
    const host = kms.host();
    const { id, state } = await dataKey.create(host, { args: checked(dataKey, host, { keyId: KEY_A }) });
    expect(id).toBe(state.ciphertextSha256);
  });

  test("holds the plaintext only on request", async () => {
    const without = await create({ keyId: KEY_A, withPlaintext: false });
    expect(kms.newCalls()).toEqual(["GenerateDataKeyWithoutPlaintext"]);
    expect(without).not.toHaveProperty("plaintext");
    const state = await create({ keyId: KEY_A, withPlaintext: "true" });
    expect(kms.newCalls()).toEqual(["GenerateDataKey"]);
    expect(Buffer.from(state.plaintext ?? "", "base64")).toEqual(await opened(current(state)));
  });

  test("makes another data key each time", async () => {
    const [one, other] = [await create({ keyId: KEY_A }), await create({ keyId: KEY_A })];
    expect(await opened(current(one))).not.toEqual(await opened(current(other)));
  });

  test("binds the context to the ciphertext", async () => {
    const state = await create({ keyId: KEY_A, encryptionContext: { app: "shop" } });
    const wrong = opened({ ...current(state), encryptionContext: { app: "bank" } });
    expect(await rejection(wrong)).toMatchObject({ code: "InvalidParameter" });
  });

  test.each([
    [{ keyId: "alias/none" }, "Forbidden.AliasNotFound", 404],
    [{ keyId: "key-000000000000000000000" }, "Forbidden.KeyNotFound", 404],
    [{ keyId: "alias/disabled" }, "Rejected.Disabled", 409],
  ])("ends for %j with code, status, RequestId, host and action", async (inputs, code, httpStatus) => {
    const error = await rejection(create(inputs));
    expect(error).toBeInstanceOf(ServiceError);
    const host = new URL(kms.emulator.endpoint).host;
    expect(error.message).toContain(
      `GenerateDataKeyWithoutPlaintext was refused by KMS: ${code} (HTTP ${httpStatus}). `,
    );
    expect(error.message).toContain(`[host ${host}, RequestId ${String(kms.calls.at(-1)?.requestId)}]`);
    expect(leaks(error, SECRET)).toEqual([]);
  });

  test("ends without permission, and says whose credentials they were", async () => {
    const error = await rejection(create({ keyId: KEY_A }, kms.hostAllowed()));
    expect(error.message).toMatch(
      /Forbidden\.NoPermission \(HTTP 403\).*credentials from configuration alicloud:accessKey/,
    );
  });

  test("ends when it is cancelled", async () => {
    const host = kms.host({}, AbortSignal.abort());
    expect(await rejection(create({ keyId: KEY_A }, host))).toBeInstanceOf(CancelledError);
    expect(kms.newCalls()).toEqual([]);
  });

  test("makes nothing of an answer that lacks the ciphertext", async () => {
    const { KeyId, KeyVersionId, RequestId } = GENERATED;
    const server = await startFaultServer((response) => answerJson(response, 200, { KeyId, KeyVersionId, RequestId }));
    try {
      const error = await rejection(create({ keyId: KEY_A }, kms.host({ "alicloud-kms:endpoint": server.endpoint })));
      expect(error).toBeInstanceOf(MalformedAnswerError);
      expect(error.message).toContain("no ciphertextBlob");
    } finally {
      await server.close();
    }
  });
});

describe("diff", () => {
  const before = {
    keyId: "alias/a",
    keySpec: "AES_256",
    encryptionContext: { a: "1", b: "2" },
    rotationTriggers: { year: "2024" },
    retainVersions: 3,
    withPlaintext: true,
    connection: {
      region: "cn-hangzhou",
      network: "vpc",
      caCertificate: "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----",
    },
  };
  const generation = {
    ciphertextBlob: "AAAA",
    resolvedKeyId: KEY_A,
    keyVersionId: "v",
    dataKeyBytes: 32,
    ciphertextSha256: "s",
    createdAt: "2024-01-01T00:00:00.000Z",
    requestId: "r",
    keyState: "Enabled" as const,
    previousVersions: [],
    emulated: false,
  };
  const changes = (old: Inputs, inputs: Inputs) =>
    dataKey.diff({ state: { keyId: "", ...generation, ...old }, inputs: { emulated: false, ...inputs } }).changes;
  const without = (name: keyof typeof before): Inputs =>
    Object.fromEntries(Object.entries(before).filter(([key]) => key !== name));
  const { connection } = before;

  test.each<[string, Inputs, Record<string, string>]>([
    ["nothing", {}, {}],
    ["another key", { keyId: "alias/b" }, { keyId: "rotates" }],
    ["another name of what may be the same key", { keyId: KEY_A }, { keyId: "rotates" }],
    ["an unknown key", { keyId: UNKNOWN }, { keyId: "rotates" }],
    ["another spec", { keySpec: "AES_128" }, { keySpec: "rotates" }],
    ["an unknown spec", { keySpec: UNKNOWN }, { keySpec: "rotates" }],
    ["no spec, which means the same", { keySpec: undefined }, { keySpec: "updates" }],
    [
      "the same length in bytes",
      { keySpec: undefined, numberOfBytes: 32 },
      { keySpec: "updates", numberOfBytes: "updates" },
    ],
    [
      "the same length as text",
      { keySpec: undefined, numberOfBytes: "32" },
      { keySpec: "updates", numberOfBytes: "updates" },
    ],
    ["another length", { keySpec: undefined, numberOfBytes: 31 }, { keySpec: "rotates", numberOfBytes: "rotates" }],
    [
      "an unknown length",
      { keySpec: undefined, numberOfBytes: UNKNOWN },
      { keySpec: "rotates", numberOfBytes: "rotates" },
    ],
    ["another order of the context", { encryptionContext: { b: "2", a: "1" } }, {}],
    ["another context", { encryptionContext: { a: "1", b: "3" } }, { encryptionContext: "rotates" }],
    ["a longer context", { encryptionContext: { a: "1", b: "2", c: "3" } }, { encryptionContext: "rotates" }],
    ["an empty context", { encryptionContext: {} }, { encryptionContext: "rotates" }],
    ["no context", { encryptionContext: undefined }, { encryptionContext: "rotates" }],
    ["an unknown in the context", { encryptionContext: { a: "1", b: UNKNOWN } }, { encryptionContext: "rotates" }],
    ["another trigger", { rotationTriggers: { year: "2025" } }, { rotationTriggers: "rotates" }],
    ["a new trigger", { rotationTriggers: { year: "2024", leak: "1" } }, { rotationTriggers: "rotates" }],
    ["no trigger", { rotationTriggers: undefined }, { rotationTriggers: "rotates" }],
    ["fewer versions", { retainVersions: 0 }, { retainVersions: "updates" }],
    ["the same versions as text", { retainVersions: "3" }, {}],
    ["all versions", { retainVersions: undefined }, { retainVersions: "updates" }],
    ["no plaintext", { withPlaintext: false }, { withPlaintext: "updates" }],
    ["no plaintext, by its absence", { withPlaintext: undefined }, { withPlaintext: "updates" }],
    ["the same plaintext as text", { withPlaintext: "true" }, {}],
    ["another region", { connection: { ...connection, region: "cn-beijing" } }, { connection: "rotates" }],
    ["an unknown region", { connection: { ...connection, region: UNKNOWN } }, { connection: "rotates" }],
    ["another network", { connection: { ...connection, network: "public" } }, { connection: "updates" }],
    ["an endpoint", { connection: { ...connection, endpoint: "kms.example" } }, { connection: "updates" }],
    ["an instance", { connection: { ...connection, kmsInstanceId: "kst-1" } }, { connection: "updates" }],
    ["no CA", { connection: { ...connection, caCertificate: undefined } }, { connection: "updates" }],
    ["region and network", { connection: { region: "cn-beijing" } }, { connection: "rotates" }],
    ["an unknown connection", { connection: UNKNOWN }, { connection: "rotates" }],
    [
      "several",
      { keyId: "alias/b", retainVersions: 1, rotationTriggers: {} },
      { keyId: "rotates", retainVersions: "updates", rotationTriggers: "rotates" },
    ],
  ])("of %s", (_, inputs, expected) => {
    expect(changes(before, { ...before, ...inputs })).toEqual(expected);
  });

  test.each<[keyof typeof before, string]>([
    ["keySpec", "updates"],
    ["encryptionContext", "rotates"],
    ["rotationTriggers", "rotates"],
    ["retainVersions", "updates"],
    ["withPlaintext", "updates"],
    ["connection", "rotates"],
  ])("of %s that is new", (name, effect) => {
    expect(changes(without(name), before)).toEqual({ [name]: effect });
  });

  test.each<[string, Inputs]>([
    ["an empty context for none", { encryptionContext: {} }],
    ["empty triggers for none", { rotationTriggers: {} }],
    ["no plaintext for none", { withPlaintext: false }],
    ["nulls for nothing", { keySpec: null, numberOfBytes: null, encryptionContext: null, retainVersions: null }],
  ])("of %s is no change", (_, inputs) => {
    expect(changes({ keyId: "a" }, { keyId: "a", ...inputs })).toEqual({});
  });

  test("of an environment that names another region is no change", async () => {
    const settings = { "alicloud:region": "" };
    const state = await create({ keyId: KEY_A });
    const { settings: own } = kms.host();
    const elsewhere: Host = {
      ...kms.host(),
      settings: {
        config: (name) => (name in settings ? undefined : own.config(name)),
        env: (name) => (name === "ALIBABA_CLOUD_REGION_ID" ? "cn-beijing" : undefined),
      },
    };
    expect(diff(state, { keyId: KEY_A }, elsewhere)).toEqual({});
  });
});

describe("update", () => {
  test("rotates in place, and every version of a chain still opens", async () => {
    const first = await create({ keyId: "alias/a", encryptionContext: { n: "1" }, withPlaintext: true });
    const second = await update(first, { keyId: "alias/a", encryptionContext: { n: "2" }, withPlaintext: true });
    const third = await update(second, { keyId: "alias/b", numberOfBytes: 64, withPlaintext: true });
    const fourth = await update(third, {
      keyId: "alias/b",
      numberOfBytes: 64,
      withPlaintext: true,
      rotationTriggers: { year: "2025" },
    });
    expect(kms.newCalls()).toEqual(["GenerateDataKey", "GenerateDataKey", "GenerateDataKey", "GenerateDataKey"]);
    expect(fourth.previousVersions.map(({ ciphertextBlob }) => ciphertextBlob)).toEqual(
      [third, second, first].map(({ ciphertextBlob }) => ciphertextBlob),
    );
    expect(fourth.previousVersions.map(({ resolvedKeyId }) => resolvedKeyId)).toEqual([KEY_B, KEY_A, KEY_A]);
    expect(fourth.previousVersions.map(({ createdAt }) => createdAt)).toEqual(
      [third, second, first].map(({ createdAt }) => createdAt),
    );
    const versions = await Promise.all([current(fourth), ...fourth.previousVersions].map(opened));
    expect(versions.map((version) => version.toString("base64"))).toEqual(
      [fourth, third, second, first].map(({ plaintext }) => plaintext),
    );
    expect(new Set(versions.map(String)).size).toBe(4);
  });

  test("keeps no plaintext among the previous versions", async () => {
    const first = await create({ keyId: KEY_A, withPlaintext: true });
    const second = await update(first, { keyId: KEY_A, withPlaintext: true, rotationTriggers: { a: "b" } });
    expect(JSON.stringify(second.previousVersions)).not.toContain(first.plaintext);
    expect(second.plaintext).not.toBe(first.plaintext);
  });

  test.each<[string, Inputs, Inputs]>([
    ["a trigger", {}, { rotationTriggers: { a: "b" } }],
    ["another key", {}, { keyId: "alias/b" }],
    ["another spec", {}, { keySpec: "AES_128" }],
    ["another length", {}, { numberOfBytes: 16 }],
    ["a context", {}, { encryptionContext: { a: "b" } }],
    ["no context", { encryptionContext: { a: "b" } }, {}],
  ])("with %s makes new key material, and keeps the old", async (_, old, inputs) => {
    const state = await create({ keyId: "alias/a", ...old });
    const updated = await update(state, { keyId: "alias/a", ...inputs });
    expect(updated.ciphertextBlob).not.toBe(state.ciphertextBlob);
    expect(updated.previousVersions).toHaveLength(1);
    expect(await opened(current(updated))).toHaveLength(updated.dataKeyBytes);
    for (const version of updated.previousVersions) expect(await opened(version)).toHaveLength(state.dataKeyBytes);
  });

  test("with another region makes new key material, and says in which region the old one opens", async () => {
    const beijing = await startTestKms({ region: "cn-beijing" });
    try {
      const state = await create({ keyId: KEY_A });
      const updated = await update(state, { keyId: KEY_A }, beijing.host());
      expect(updated.connection?.region).toBe("cn-beijing");
      expect(updated.previousVersions).toMatchObject([
        { ciphertextBlob: state.ciphertextBlob, region: "cn-hangzhou", resolvedKeyId: KEY_A },
      ]);
      expect(beijing.newCalls()).toEqual(["GenerateDataKeyWithoutPlaintext"]);
    } finally {
      await beijing.close();
    }
  });

  test.each<[string, Inputs, string[]]>([
    ["its own ID", { keyId: KEY_A }, []],
    ["its own ARN", { keyId: `acs:kms:cn-hangzhou:${ACCOUNT}:key/${KEY_A}` }, []],
    ["another alias of its own", { keyId: "alias/also-a" }, ["DescribeKey"]],
    ["the ARN of its alias", { keyId: `acs:kms:cn-hangzhou:${ACCOUNT}:alias/a` }, ["DescribeKey"]],
  ])("of the key's alias to %s generates nothing", async (_, inputs, calls) => {
    const state = await create({ keyId: "alias/a" });
    kms.newCalls();
    const updated = await update(state, inputs);
    expect(kms.newCalls()).toEqual(calls);
    expect(updated).toEqual({ ...state, ...inputs });
  });

  test("of the key's name without leave to ask keeps the current material", async () => {
    const host = kms.hostAllowed("kms:GenerateDataKeyWithoutPlaintext");
    const state = await create({ keyId: "alias/a" }, host);
    await expect(update(state, { keyId: KEY_A }, host)).resolves.toEqual({ ...state, keyId: KEY_A });
    const updated = await update(state, { keyId: "alias/also-a" }, host);
    expect(updated).toEqual({ ...state, keyId: "alias/also-a" });
  });

  test("of the key without leave to ask rotates where it is another one", async () => {
    const host = kms.hostAllowed("kms:GenerateDataKeyWithoutPlaintext");
    const state = await create({ keyId: "alias/a" }, host);
    const updated = await update(state, { keyId: "alias/b" }, host);
    expect(updated).toMatchObject({
      resolvedKeyId: KEY_B,
      previousVersions: [{ ciphertextBlob: state.ciphertextBlob }],
    });
  });

  test("of the name and of something else rotates, even where it is the same key", async () => {
    const state = await create({ keyId: "alias/a" });
    kms.newCalls();
    const updated = await update(state, { keyId: KEY_A, rotationTriggers: { a: "b" } });
    expect(kms.newCalls()).toEqual(["GenerateDataKeyWithoutPlaintext"]);
    expect(updated.previousVersions).toHaveLength(1);
  });

  test("to a key that does not exist ends, and changes nothing", async () => {
    const state = await create({ keyId: "alias/a" });
    const copy = structuredClone(state);
    expect(await rejection(update(state, { keyId: "alias/none" }))).toMatchObject({ code: "Forbidden.AliasNotFound" });
    expect(state).toEqual(copy);
  });

  test("with an unreachable endpoint ends, and changes nothing", async () => {
    const state = await create({ keyId: "alias/a" });
    const copy = structuredClone(state);
    const { endpoint } = await deadServer();
    const host = kms.host({ "alicloud-kms:endpoint": endpoint });
    const error = await rejection(update(state, { keyId: "alias/a", rotationTriggers: { a: "b" } }, host));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(leaks(error, SECRET, state.ciphertextBlob)).toEqual([]);
    expect(state).toEqual(copy);
  });

  test.each<[string, Inputs]>([
    ["a context that is empty instead of absent", { encryptionContext: {} }],
    ["the length by another name", { keySpec: "AES_256" }],
    ["the number of versions", { retainVersions: 5 }],
    ["the endpoint", { connection: { endpoint: "http://127.0.0.1:1" } }],
  ])("of %s calls nothing", async (_, inputs) => {
    const state = await create({ keyId: "alias/a" });
    kms.newCalls();
    const updated = await update(state, { keyId: "alias/a", ...inputs });
    expect(kms.newCalls()).toEqual([]);
    expect(updated).toMatchObject({ ciphertextBlob: state.ciphertextBlob, requestId: state.requestId });
    expect(updated).toMatchObject("connection" in inputs ? {} : inputs);
  });

  test("takes up the length by another name without new material, there and back", async () => {
    const state = await create({ keyId: KEY_A, keySpec: "AES_128" });
    const inBytes = await update(state, { keyId: KEY_A, numberOfBytes: "16" });
    expect(inBytes).not.toHaveProperty("keySpec");
    const back = await update(inBytes, { keyId: KEY_A, keySpec: "AES_128" });
    expect(back).toEqual(state);
  });

  test("keeps as many previous versions as it may, the newest ones", async () => {
    let state = await create({ keyId: KEY_A });
    const ciphertexts = [state.ciphertextBlob];
    for (const n of ["1", "2", "3"]) {
      state = await update(state, { keyId: KEY_A, rotationTriggers: { n } });
      ciphertexts.unshift(state.ciphertextBlob);
    }
    const rotationTriggers = { n: "3" };
    const kept = (of: DataKeyState) => of.previousVersions.map(({ ciphertextBlob }) => ciphertextBlob);
    expect(kept(state)).toEqual(ciphertexts.slice(1));
    const two = await update(state, { keyId: KEY_A, rotationTriggers, retainVersions: "2" });
    expect(kept(two)).toEqual(ciphertexts.slice(1, 3));
    const rotated = await update(two, { keyId: KEY_A, retainVersions: 2 });
    expect(kept(rotated)).toEqual(ciphertexts.slice(0, 2));
    const none = await update(rotated, { keyId: KEY_A, retainVersions: 0 });
    expect(kept(none)).toEqual([]);
    expect(none.ciphertextBlob).toBe(rotated.ciphertextBlob);
  });

  test("says before the change which versions it would drop, and nothing where it drops none", async () => {
    const first = await create({ keyId: KEY_A, rotationTriggers: { year: "1" } });
    const second = await update(first, { keyId: KEY_A, rotationTriggers: { year: "2" } });
    const warningOf = (inputs: Inputs) => {
      const args = checked(dataKey, kms.host(), inputs, { ...second });
      return dataKey.diff({ state: second, inputs: { ...args } }).warning;
    };
    expect(warningOf({ keyId: KEY_A, rotationTriggers: { year: "3" }, retainVersions: 2 })).toBeUndefined();
    expect(warningOf({ keyId: KEY_A, rotationTriggers: { year: "2" }, retainVersions: 1 })).toBeUndefined();
    expect(warningOf({ keyId: KEY_A, rotationTriggers: { year: "3" }, retainVersions: 1 })).toBe(
      `retainVersions drops 1 of 2 previous versions of the data key ${second.ciphertextSha256.slice(0, 12)} ` +
        `(made ${first.createdAt}): what they have sealed cannot be opened again.`,
    );
  });

  test("turns the plaintext on by opening the ciphertext, and off with a warning", async () => {
    const context = { encryptionContext: { app: "shop" } };
    const state = await create({ keyId: KEY_A, ...context });
    kms.newCalls();
    const on = await update(state, { keyId: KEY_A, ...context, withPlaintext: true });
    expect(kms.newCalls()).toEqual(["Decrypt"]);
    expect(on).toEqual({ ...state, withPlaintext: true, plaintext: expect.any(String) as unknown });
    expect(Buffer.from(on.plaintext ?? "", "base64")).toEqual(await opened(current(state)));
    kms.newCalls();
    const host = kms.host();
    const off = await update(on, { keyId: KEY_A, ...context }, host);
    expect(kms.newCalls()).toEqual([]);
    expect(off).toEqual(state);
    expect(host.warnings).toEqual([
      `The plaintext of the data key ${state.ciphertextSha256.slice(0, 12)} left the current state; ` +
        "backups and history still hold it.",
    ]);
  });

  test("warns that backups hold the plaintext when it is turned off together with a rotation, too", async () => {
    const on = await create({ keyId: KEY_A, withPlaintext: true });
    const host = kms.host();
    const off = await update(on, { keyId: KEY_A, rotationTriggers: { a: "b" } }, host);
    expect(off).not.toHaveProperty("plaintext");
    expect(host.warnings.join()).toContain("backups and history still hold it");
  });

  test("keeps the plaintext where only something else changes, and calls nothing", async () => {
    const on = await create({ keyId: KEY_A, withPlaintext: true });
    kms.newCalls();
    const updated = await update(on, { keyId: KEY_A, withPlaintext: true, retainVersions: 1 });
    expect(kms.newCalls()).toEqual([]);
    expect(updated.plaintext).toBe(on.plaintext);
  });

  test("forgets the key's last state when new material shows that the key is enabled", async () => {
    const state = { ...(await create({ keyId: KEY_A })), keyState: "Unknown" as const };
    expect(await update(state, { keyId: KEY_A, retainVersions: 1 })).toHaveProperty("keyState", "Unknown");
    expect(await update(state, { keyId: KEY_A, rotationTriggers: { a: "b" } })).toHaveProperty("keyState", "Enabled");
  });

  test.each([
    [true, false, /^connection leads to the real KMS, .*use another stack$/],
    [false, true, /^connection leads to an emulator, .*use another stack$/],
  ])("is refused from emulated %s to %s, before anything is called", async (before, now, text) => {
    const state = { ...(await create({ keyId: KEY_A })), emulated: before };
    const args = { keyId: KEY_A, rotationTriggers: { a: "b" }, connection: { region: "cn-hangzhou" }, emulated: now };
    kms.newCalls();
    const error = await rejection(dataKey.update(kms.host(), { state, args }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(text);
    expect(kms.newCalls()).toEqual([]);
  });
});

describe("read", () => {
  test.each<[string, () => Promise<[Host, string]>, string]>([
    ["an enabled key", () => Promise.resolve([kms.host(), KEY_A]), "Enabled"],
    ["a key that is gone", () => Promise.resolve([kms.host(), "key-000000000000000000000"]), "NotFound"],
    ["a key that may not be looked at", () => Promise.resolve([kms.hostAllowed(), KEY_A]), "Unknown"],
    [
      "an unreachable KMS",
      async () => {
        const { endpoint } = await deadServer();
        return [kms.host({ "alicloud-kms:endpoint": endpoint }), KEY_A];
      },
      "Unknown",
    ],
    [
      "a machine without credentials",
      () => Promise.resolve([testHost({ "alicloud:accessKey": "half" }), KEY_A]),
      "Unknown",
    ],
  ])("of %s keeps everything but the key's state", async (_, where, keyState) => {
    const first = await create({ keyId: KEY_A, encryptionContext: { a: "b" } });
    const state = await update(first, { keyId: KEY_A, withPlaintext: true });
    const [host, resolvedKeyId] = await where();
    const before = { ...state, resolvedKeyId };
    const copy = structuredClone(before);
    await expect(dataKey.read(host, { state: before })).resolves.toEqual({ ...copy, keyState });
    expect(before).toEqual(copy);
  });

  test("asks for the key that is in use, not for what its alias names by now", async () => {
    const state = await create({ keyId: KEY_A });
    await expect(dataKey.read(kms.host(), { state: { ...state, keyId: "alias/none" } })).resolves.toMatchObject({
      keyId: "alias/none",
      keyState: "Enabled",
    });
  });

  test("is no drift: after it nothing has changed", async () => {
    const inputs = { keyId: KEY_A, encryptionContext: { a: "b" } };
    const state = await dataKey.read(kms.host(), { state: await create(inputs) });
    expect(diff(state, inputs)).toEqual({});
  });
});

test("delete calls nothing, and says what still opens", async () => {
  const state = await create({ keyId: KEY_A });
  kms.newCalls();
  const host = kms.host();
  await dataKey.delete(host, { state });
  expect(kms.newCalls()).toEqual([]);
  expect(host.warnings).toHaveLength(1);
  expect(host.warnings[0]).toMatch(/Backups and history of the state may still hold its ciphertext/);
  expect(leaks(host.warnings, state.ciphertextBlob)).toEqual([]);
});

test("check repeats no secret that was given in the wrong place", () => {
  const found = faultsOf(dataKey, kms.host(), {
    keyId: CANARY,
    keySpec: CANARY,
    numberOfBytes: CANARY,
    withPlaintext: CANARY,
    encryptionContext: CANARY,
    rotationTriggers: { a: [CANARY] },
    connection: { region: CANARY, network: CANARY, kmsInstanceId: CANARY, endpoint: CANARY, caCertificate: CANARY },
  });
  expect(found.length).toBeGreaterThanOrEqual(11);
  expect(leaks(found.join("\n"), CANARY)).toEqual([]);
});
