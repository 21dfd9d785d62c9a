import "../errorsOfNode";
import { constants, createHash, privateDecrypt } from "node:crypto";
import { sm2 } from "sm-crypto-v2";
import { ConfigurationError, MalformedAnswerError, MismatchError, ServiceError } from "../../../provider/errors";
import { secretOutputs } from "../../../provider/fields";
import { connectKms } from "../../../provider/kms/connectKms";
import { resolveTarget } from "../../../provider/kms/connection";
import { UNKNOWN, type Host, type Inputs } from "../../../provider/lifecycle";
import {
  exportedDataKey,
  exportedDataKeySpec,
  type ExportedDataKeyState,
} from "../../../provider/resources/exportedDataKey";
import { CANARY, leaks } from "../canary";
import { checked, faultsOf } from "../checked";
import { answerJson, deadServer, REQUEST_ID, startFaultServer } from "../faultServer";
import { derOf, ecPair, pemOf, rsaPair } from "../keyPairs";
import { rejection } from "../rejection";
import { testHost } from "../testHost";
import { ACCOUNT, KEY_A, KEY_B, SECRET, startTestKms, type TestKms } from "../testKms";

const rsa = rsaPair();
const otherRsa = rsaPair();
const sm2Pair = ecPair("SM2");
const RSA = pemOf(rsa.publicKey);
const RSA_BASE64 = derOf(rsa.publicKey).toString("base64");
const SM2 = pemOf(sm2Pair.publicKey);
const sha256 = (der: Buffer) => createHash("sha256").update(der).digest("hex");
const RSA_SHA256 = sha256(derOf(rsa.publicKey));

let kms: TestKms;
let dataKey: { ciphertextBlob: string; plaintext: string };

/** Makes a data key under a KMS key, with its plaintext to compare exports with. */
async function generate(keyId: string, numberOfBytes = 32, encryptionContext?: Record<string, string>) {
  const { settings } = kms.host();
  return connectKms(resolveTarget({}, settings), settings).generateDataKey({ keyId, numberOfBytes, encryptionContext });
}

beforeAll(async () => {
  kms = await startTestKms();
  dataKey = await generate(KEY_A);
});
afterAll(() => kms.close());

/** No real pauses between tries. */
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
  kms.newCalls();
});
afterEach(() => jest.restoreAllMocks());

const inputsWith = (more: Inputs = {}): Inputs => ({
  ciphertextBlob: dataKey.ciphertextBlob,
  publicKeyBlob: RSA,
  ...more,
});

const create = async (inputs: Inputs, host: Host = kms.host()) =>
  (await exportedDataKey.create(host, { args: checked(exportedDataKey, host, inputs) })).state;

const update = (state: ExportedDataKeyState, inputs: Inputs, host: Host = kms.host()) =>
  exportedDataKey.update(host, { state, args: checked(exportedDataKey, host, inputs, { ...state }) });

function unwrapRsa({ exportedDataKey: wrapped }: ExportedDataKeyState, oaepHash: string, pair = rsa): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return privateDecrypt({ key: pair.privateKey, padding, oaepHash }, Buffer.from(wrapped, "base64")).toString("base64");
}

function unwrapSm2({ exportedDataKey: wrapped }: ExportedDataKeyState): string {
  const sec1 = sm2Pair.privateKey.export({ type: "sec1", format: "der" });
  const scalar = sec1.subarray(7, 39).toString("hex");
  const raw = Buffer.from(wrapped, "base64").subarray(1).toString("hex");
  return Buffer.from(sm2.doDecrypt(raw, scalar, 1, { output: "array" })).toString("base64");
}

describe("check", () => {
  const faults = (inputs: Inputs) => faultsOf(exportedDataKey, kms.host(), inputs);
  const filled = (inputs: Inputs) => exportedDataKey.check(kms.host(), { inputs }).inputs;

  test("fills in fingerprint, kind and algorithm of an RSA key", () => {
    expect(filled(inputsWith())).toEqual({
      ...inputsWith(),
      publicKeySha256: RSA_SHA256,
      wrappingKeySpec: "RSA_2048",
      wrappingAlgorithm: "RSAES_OAEP_SHA_256",
      connection: { region: "cn-hangzhou" },
      emulated: true,
    });
  });

  test("fills in fingerprint, kind and algorithm of an SM2 key", () => {
    expect(filled(inputsWith({ publicKeyBlob: SM2 }))).toMatchObject({
      publicKeySha256: sha256(derOf(sm2Pair.publicKey)),
      wrappingKeySpec: "EC_SM2",
      wrappingAlgorithm: "SM2PKE",
    });
  });

  test("keeps what was given, and fills in what is null", () => {
    const given = { publicKeySha256: RSA_SHA256.toUpperCase(), wrappingAlgorithm: "RSAES_OAEP_SHA_1" };
    expect(filled(inputsWith({ ...given, wrappingKeySpec: null }))).toMatchObject({
      ...given,
      wrappingKeySpec: "RSA_2048",
    });
  });

  test("waits for a public key that is unknown", () => {
    const inputs = inputsWith({ publicKeyBlob: UNKNOWN });
    expect(faults(inputs)).toEqual([]);
    expect(filled(inputs)).toMatchObject({
      publicKeySha256: UNKNOWN,
      wrappingKeySpec: UNKNOWN,
      wrappingAlgorithm: UNKNOWN,
    });
    expect(filled({ ...inputs, wrappingAlgorithm: "SM2PKE" })).toMatchObject({ wrappingAlgorithm: "SM2PKE" });
  });

  test("waits for a ciphertext that is unknown", () => {
    expect(faults(inputsWith({ ciphertextBlob: UNKNOWN }))).toEqual([]);
    expect(filled(inputsWith({ ciphertextBlob: UNKNOWN }))).toHaveProperty("publicKeySha256", RSA_SHA256);
  });

  test.each<[Inputs, RegExp]>([
    [{ ciphertextBlob: undefined }, /^ciphertextBlob is missing, and is required$/],
    [{ ciphertextBlob: "a b" }, /^ciphertextBlob is not base64 \(allowed: a CiphertextBlob as KMS gives it\)$/],
    [{ publicKeyBlob: undefined }, /^publicKeyBlob is missing, and is required$/],
    [{ publicKeyBlob: 7 }, /^publicKeyBlob must be a string, and is a number$/],
    [{ publicKeyBlob: "rubbish!" }, /^publicKeyBlob is neither PEM nor base64 \(allowed: /],
    [{ publicKeyBlob: RSA.replace(/[A-Z]{3}\n/, "*") }, /^publicKeyBlob is damaged PEM \(allowed: /],
    [
      { publicKeyBlob: pemOf(rsaPair(3072).publicKey) },
      /^publicKeyBlob is an RSA key of 3072 bits \(allowed: .*2,048 bits/,
    ],
    [
      { publicKeyBlob: pemOf(ecPair("prime256v1").publicKey) },
      /^publicKeyBlob is a key of another kind \(ec prime256v1\) \(allowed: /,
    ],
    [
      { publicKeyBlob: rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
      /^publicKeyBlob is a private key: it must not leave its HSM\./,
    ],
    [{ publicKeySha256: "abc" }, /^publicKeySha256 is not a SHA-256 fingerprint \(allowed: 64 hex digits\)$/],
    [
      { publicKeySha256: "0".repeat(64) },
      /^publicKeySha256 is not the fingerprint of publicKeyBlob, which is [0-9a-f]{64}$/,
    ],
    [{ wrappingKeySpec: "EC_SM2" }, /^wrappingKeySpec does not fit publicKeyBlob \(allowed: RSA_2048\)$/],
    [{ wrappingKeySpec: "RSA_3072" }, /^wrappingKeySpec is none of the allowed values: RSA_2048, EC_SM2$/],
    [{ wrappingKeySpec: "toString" }, /^wrappingKeySpec is none of the allowed values/],
    [
      { wrappingAlgorithm: "SM2PKE" },
      /^wrappingAlgorithm does not fit publicKeyBlob, a key of kind RSA_2048 \(allowed: RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1\)$/,
    ],
    [
      { publicKeyBlob: SM2, wrappingAlgorithm: "RSAES_OAEP_SHA_1" },
      /^wrappingAlgorithm does not fit publicKeyBlob, a key of kind EC_SM2 \(allowed: SM2PKE\)$/,
    ],
    [
      { wrappingAlgorithm: "RSAES_PKCS1" },
      /^wrappingAlgorithm is none of the allowed values: RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1, SM2PKE$/,
    ],
    [{ keyId: "alias/a" }, /^keyId is not the ID or ARN of a key \(allowed: .*; an alias can be moved\)$/],
    [{ keyId: `acs:kms:cn-hangzhou:${ACCOUNT}:alias/a` }, /^keyId is not the ID or ARN of a key/],
    [{ encryptionContext: { a: 1 } }, /^encryptionContext\.a must be a string, and is a number$/],
    [{ encryptionContext: { a: "x".repeat(8192) } }, /^encryptionContext is 8200 characters of JSON/],
    [{ connection: { endpoint: "ftp://x" } }, /^connection\.endpoint has an unknown protocol/],
    [{ publicKey: "x" }, /^publicKey is not a property \(allowed: ciphertextBlob, publicKeyBlob, /],
  ])("finds the one fault of %j", (inputs, fault) => {
    const found = faults(inputsWith(inputs));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(fault);
  });

  test("finds all faults at once", () => {
    const inputs = {
      ciphertextBlob: "a b",
      publicKeyBlob: RSA,
      publicKeySha256: "0".repeat(64),
      wrappingKeySpec: "EC_SM2",
      wrappingAlgorithm: "SM2PKE",
      keyId: "alias/a",
      encryptionContext: { a: 1 },
    };
    const found = faultsOf(exportedDataKey, testHost(), inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([
      "ciphertextBlob",
      "keyId",
      "encryptionContext.a",
      "publicKeySha256",
      "wrappingKeySpec",
      "wrappingAlgorithm",
      "connection.region",
    ]);
  });

  test("repeats no secret that was given", () => {
    const found = faults({
      ciphertextBlob: CANARY,
      publicKeyBlob: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
      publicKeySha256: CANARY,
      wrappingKeySpec: CANARY,
      wrappingAlgorithm: CANARY,
      keyId: CANARY,
      encryptionContext: CANARY,
    });
    expect(found).toHaveLength(7);
    expect(leaks(found.join("\n"), CANARY)).toEqual([]);
  });

  test("calls nothing", () => {
    faults(inputsWith());
    expect(kms.newCalls()).toEqual([]);
  });
});

test("the ciphertext and the export are secret, and nothing else", () => {
  expect(secretOutputs(exportedDataKeySpec)).toEqual(["ciphertextBlob", "exportedDataKey"]);
});

test("no output bears an input's name", () => {
  expect(Object.keys(exportedDataKeySpec.outputs).filter((name) => name in exportedDataKeySpec.inputs)).toEqual([]);
});

describe("create", () => {
  test.each([
    ["RSAES_OAEP_SHA_256", "sha256", "CKM_SHA256", "CKG_MGF1_SHA256"],
    ["RSAES_OAEP_SHA_1", "sha1", "CKM_SHA_1", "CKG_MGF1_SHA1"],
  ])("makes with %s an export that the private key opens", async (wrappingAlgorithm, hash, hashAlgorithm, mgf) => {
    const state = await create(inputsWith({ wrappingAlgorithm, keyId: KEY_A }));
    expect(kms.newCalls()).toEqual(["ExportDataKey"]);
    expect(unwrapRsa(state, hash)).toBe(dataKey.plaintext);
    expect(state).toEqual({
      ...inputsWith({ wrappingAlgorithm, keyId: KEY_A }),
      publicKeySha256: RSA_SHA256,
      wrappingKeySpec: "RSA_2048",
      connection: { region: "cn-hangzhou" },
      emulated: true,
      exportedDataKey: state.exportedDataKey,
      resolvedKeyId: KEY_A,
      keyVersionId: expect.stringMatching(`^${KEY_A}-`) as unknown,
      unwrapMechanism: { mechanism: "CKM_RSA_PKCS_OAEP", hashAlgorithm, mgf, sourceData: "" },
      requestId: kms.calls.at(-1)?.requestId,
    });
  });

  test("makes with SM2PKE an export that the private key opens", async () => {
    const state = await create(inputsWith({ publicKeyBlob: SM2 }));
    expect(state.unwrapMechanism).toEqual({ mechanism: "SM2PKE", layout: "C1C3C2", encoding: "raw" });
    expect(unwrapSm2(state)).toBe(dataKey.plaintext);
  });

  test("sends the key's SubjectPublicKeyInfo however the key is given", async () => {
    for (const publicKeyBlob of [RSA, RSA_BASE64, `\r\n ${RSA.replaceAll("\n", "\r\n")}`]) {
      expect(unwrapRsa(await create(inputsWith({ publicKeyBlob })), "sha256")).toBe(dataKey.plaintext);
    }
  });

  test("opens the data key with its context, __proto__ and all", async () => {
    const encryptionContext = JSON.parse('{"app":"shop","__proto__":"x","ä b":"&"}') as Record<string, string>;
    const bound = await generate(KEY_A, 32, encryptionContext);
    const inputs = inputsWith({ ciphertextBlob: bound.ciphertextBlob });
    expect(unwrapRsa(await create({ ...inputs, encryptionContext }), "sha256")).toBe(bound.plaintext);
    const error = await rejection(create({ ...inputs, encryptionContext: { app: "shop" } }));
    expect(error).toMatchObject({ code: "InvalidParameter" });
    expect(error.message).toMatch(/does not open .* with this encryptionContext/);
    expect(leaks(error, bound.ciphertextBlob, SECRET)).toEqual([]);
  });

  test.each([
    ["RSAES_OAEP_SHA_256", 190],
    ["RSAES_OAEP_SHA_1", 214],
  ])("with %s exports at most %d bytes, and says so of a longer data key", async (wrappingAlgorithm, most) => {
    const { ciphertextBlob } = await generate(KEY_A, most);
    await expect(create(inputsWith({ ciphertextBlob, wrappingAlgorithm }))).resolves.toHaveProperty("exportedDataKey");
    const longer = await generate(KEY_A, most + 1);
    const error = await rejection(create(inputsWith({ ciphertextBlob: longer.ciphertextBlob, wrappingAlgorithm })));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.message).toContain(String(most));
  });

  test("names the export by ciphertext and public key, whatever the key's form", async () => {
    const host = kms.host();
    const idOf = async (inputs: Inputs) =>
      (await exportedDataKey.create(host, { args: checked(exportedDataKey, host, inputs) })).id;
    const id = await idOf(inputsWith());
    expect(id).toBe(sha256(Buffer.concat([Buffer.from(dataKey.ciphertextBlob, "base64"), derOf(rsa.publicKey)])));
    expect(await idOf(inputsWith({ publicKeyBlob: RSA_BASE64 }))).toBe(id);
    expect(await idOf(inputsWith({ publicKeyBlob: SM2 }))).not.toBe(id);
  });

  test.each([KEY_A, `acs:kms:cn-hangzhou:${ACCOUNT}:key/${KEY_A}`])("takes the pinned key %s", async (keyId) => {
    await expect(create(inputsWith({ keyId }))).resolves.toMatchObject({ keyId, resolvedKeyId: KEY_A });
  });

  test("takes a null keyId as none", async () => {
    await expect(create(inputsWith({ keyId: null }))).resolves.toMatchObject({ resolvedKeyId: KEY_A });
  });

  test.each([KEY_B, `acs:kms:cn-hangzhou:${ACCOUNT}:key/${KEY_B}`, KEY_A.slice(4)])(
    "refuses a ciphertext that is not under the pinned key %s",
    async (keyId) => {
      const error = await rejection(create(inputsWith({ keyId })));
      expect(error).toBeInstanceOf(MismatchError);
      expect(error.message).toBe(
        `keyId: the ciphertext is under the KMS key ${KEY_A}, not under the one that is given. The state was left as it was.`,
      );
    },
  );

  test("refuses an export that is not what the algorithm makes", async () => {
    const ExportedDataKey = Buffer.from(CANARY).toString("base64");
    const server = await startFaultServer((response) =>
      answerJson(response, 200, { ExportedDataKey, KeyId: KEY_A, KeyVersionId: "v", RequestId: REQUEST_ID }),
    );
    try {
      const error = await rejection(create(inputsWith(), kms.host({ "alicloud-kms:endpoint": server.endpoint })));
      expect(error).toBeInstanceOf(MalformedAnswerError);
      expect(error.message).toContain("ExportedDataKey is not what RSAES_OAEP_SHA_256 makes");
      expect(leaks(error, CANARY)).toEqual([]);
    } finally {
      await server.close();
    }
  });

  test("ends with an unreachable endpoint without giving the ciphertext away", async () => {
    const { endpoint } = await deadServer();
    const error = await rejection(create(inputsWith(), kms.host({ "alicloud-kms:endpoint": endpoint })));
    expect(error.message).toMatch(/^ExportDataKey got no answer: ECONNREFUSED \(no HTTP status\)\./);
    expect(leaks(error, SECRET, dataKey.ciphertextBlob, RSA_BASE64)).toEqual([]);
  });
});

describe("diff", () => {
  const before = () => ({
    ciphertextBlob: "AAAA",
    publicKeyBlob: RSA,
    publicKeySha256: RSA_SHA256,
    wrappingKeySpec: "RSA_2048",
    wrappingAlgorithm: "RSAES_OAEP_SHA_256",
    keyId: KEY_A,
    encryptionContext: { a: "1", b: "2" },
    connection: { region: "cn-hangzhou" },
    emulated: false,
  });
  const outputs = {
    exportedDataKey: "BBBB",
    resolvedKeyId: KEY_A,
    keyVersionId: "v",
    unwrapMechanism: { mechanism: "CKM_RSA_PKCS_OAEP", hashAlgorithm: "h", mgf: "m", sourceData: "" },
    requestId: "r",
  } as const;

  test.each<[string, Inputs, Record<string, string>]>([
    ["nothing", {}, {}],
    ["another ciphertext", { ciphertextBlob: "AAAB" }, { ciphertextBlob: "reexports" }],
    ["an unknown ciphertext", { ciphertextBlob: UNKNOWN }, { ciphertextBlob: "reexports" }],
    ["the same public key in base64", { publicKeyBlob: RSA_BASE64 }, {}],
    ["the same public key with CRLF", { publicKeyBlob: RSA.replaceAll("\n", "\r\n") }, {}],
    ["another public key", { publicKeyBlob: pemOf(otherRsa.publicKey) }, { publicKeyBlob: "reexports" }],
    ["an unknown public key", { publicKeyBlob: UNKNOWN }, { publicKeyBlob: "reexports" }],
    ["the fingerprint in upper case", { publicKeySha256: RSA_SHA256.toUpperCase() }, {}],
    ["another fingerprint", { publicKeySha256: "0".repeat(64) }, { publicKeySha256: "updates" }],
    ["another kind", { wrappingKeySpec: "EC_SM2" }, { wrappingKeySpec: "reexports" }],
    ["another algorithm", { wrappingAlgorithm: "RSAES_OAEP_SHA_1" }, { wrappingAlgorithm: "reexports" }],
    ["an unknown algorithm", { wrappingAlgorithm: UNKNOWN }, { wrappingAlgorithm: "reexports" }],
    ["another pinned key", { keyId: KEY_B }, { keyId: "updates" }],
    ["no pinned key", { keyId: undefined }, { keyId: "updates" }],
    ["another order of the context", { encryptionContext: { b: "2", a: "1" } }, {}],
    ["another context", { encryptionContext: { a: "1" } }, { encryptionContext: "reexports" }],
    ["no context", { encryptionContext: undefined }, { encryptionContext: "reexports" }],
    ["an unknown in the context", { encryptionContext: { a: UNKNOWN, b: "2" } }, { encryptionContext: "reexports" }],
    ["another region", { connection: { region: "cn-beijing" } }, { connection: "updates" }],
    ["another network", { connection: { region: "cn-hangzhou", network: "vpc" } }, { connection: "updates" }],
    ["an unknown connection", { connection: UNKNOWN }, { connection: "updates" }],
  ])("of %s", (_, inputs, expected) => {
    const state = { ...before(), ...outputs } as ExportedDataKeyState;
    expect(exportedDataKey.diff({ state, inputs: { ...before(), ...inputs } }).changes).toEqual(expected);
  });

  test("of an empty context for none is no change", () => {
    const state = { ...before(), ...outputs, encryptionContext: undefined } as ExportedDataKeyState;
    expect(exportedDataKey.diff({ state, inputs: { ...before(), encryptionContext: {} } }).changes).toEqual({});
  });
});

describe("update", () => {
  test("exports another ciphertext anew", async () => {
    const state = await create(inputsWith());
    const other = await generate(KEY_B);
    const updated = await update(state, inputsWith({ ciphertextBlob: other.ciphertextBlob }));
    expect(unwrapRsa(updated, "sha256")).toBe(other.plaintext);
    expect(updated.resolvedKeyId).toBe(KEY_B);
  });

  test("exports for another public key anew, and fills in what belongs to it", async () => {
    const state = await create(inputsWith());
    const forOther = await update(state, inputsWith({ publicKeyBlob: pemOf(otherRsa.publicKey) }));
    expect(unwrapRsa(forOther, "sha256", otherRsa)).toBe(dataKey.plaintext);
    const forSm2 = await update(forOther, inputsWith({ publicKeyBlob: SM2 }));
    expect(forSm2).toMatchObject({ wrappingKeySpec: "EC_SM2", wrappingAlgorithm: "SM2PKE" });
    expect(unwrapSm2(forSm2)).toBe(dataKey.plaintext);
  });

  test("exports with another algorithm anew", async () => {
    const state = await create(inputsWith());
    const updated = await update(state, inputsWith({ wrappingAlgorithm: "RSAES_OAEP_SHA_1" }));
    expect(unwrapRsa(updated, "sha1")).toBe(dataKey.plaintext);
    expect(updated.unwrapMechanism).toMatchObject({ hashAlgorithm: "CKM_SHA_1" });
  });

  test.each<[string, Inputs]>([
    ["the public key in base64", { publicKeyBlob: RSA_BASE64 }],
    ["the fingerprint", { publicKeySha256: RSA_SHA256 }],
    ["the pinned key that it is under", { keyId: KEY_A }],
    ["an empty context", { encryptionContext: {} }],
    ["another region", { connection: { region: "cn-beijing" } }],
    ["another endpoint", { connection: { region: "cn-hangzhou", endpoint: "http://127.0.0.1:1" } }],
  ])("takes up %s without calling KMS", async (_, inputs) => {
    const state = await create(inputsWith());
    kms.newCalls();
    const updated = await update(state, inputsWith(inputs));
    expect(kms.newCalls()).toEqual([]);
    expect(updated).toEqual({ ...state, ...inputs });
  });

  test("takes a null keyId as none", async () => {
    const state = await create(inputsWith({ keyId: KEY_A }));
    await expect(update(state, inputsWith({ keyId: null }))).resolves.toMatchObject({ resolvedKeyId: KEY_A });
  });

  test("refuses to pin another key than the one that it is under, and calls nothing", async () => {
    const state = await create(inputsWith());
    const copy = structuredClone(state);
    kms.newCalls();
    expect(await rejection(update(state, inputsWith({ keyId: KEY_B })))).toBeInstanceOf(MismatchError);
    expect(kms.newCalls()).toEqual([]);
    expect(state).toEqual(copy);
  });

  test("refuses a swapped ciphertext under another key than the pinned one", async () => {
    const state = await create(inputsWith({ keyId: KEY_A }));
    const copy = structuredClone(state);
    const { ciphertextBlob } = await generate(KEY_B);
    expect(await rejection(update(state, inputsWith({ ciphertextBlob, keyId: KEY_A })))).toBeInstanceOf(MismatchError);
    expect(state).toEqual(copy);
  });

  test.each([
    [true, false],
    [false, true],
  ])("is refused from emulated %s to %s, before anything is called", async (before, now) => {
    const state = { ...(await create(inputsWith())), emulated: before };
    const args = { ...state, wrappingAlgorithm: "RSAES_OAEP_SHA_1" as const, emulated: now };
    kms.newCalls();
    const error = await rejection(exportedDataKey.update(kms.host(), { state, args }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/use another stack$/);
    expect(kms.newCalls()).toEqual([]);
  });
});

test("read keeps everything, and calls nothing", async () => {
  const state = await create(inputsWith());
  kms.newCalls();
  await expect(exportedDataKey.read(testHost(), { state })).resolves.toEqual(structuredClone(state));
  expect(kms.newCalls()).toEqual([]);
});

test("delete calls nothing", async () => {
  const state = await create(inputsWith());
  kms.newCalls();
  await expect(exportedDataKey.delete(kms.host(), { state })).resolves.toBeUndefined();
  expect(kms.newCalls()).toEqual([]);
});
