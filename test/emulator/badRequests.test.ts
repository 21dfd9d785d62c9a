import { createPublicKey, generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk, encode, formText, newKey, send, signedAcs3, signedV1, type Params, type Reply } from "./clients";

const CONTEXT = { purpose: "test" };
const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const SPKI = publicKey.export({ type: "spki", format: "der" });
const RSA = { WrappingKeySpec: "RSA_2048", WrappingAlgorithm: "RSAES_OAEP_SHA_256" };
const RUNS = 2_500;

let emulator: Emulator;
let keyId: string;
let blob: Buffer;
beforeAll(async () => {
  emulator = await startEmulator({ qps: 0 });
  keyId = await newKey(emulator);
  const made = await callOk(emulator, "GenerateDataKey", { KeyId: keyId, EncryptionContext: JSON.stringify(CONTEXT) });
  blob = Buffer.from(made.CiphertextBlob, "base64");
});
afterAll(() => emulator.close());

type Send = () => Promise<Reply>;

/** Takes a blob in some form: all of them must refuse a bad one. */
const openers: fc.Arbitrary<(params: Params) => Send> = fc.constantFrom(
  (params) => () => call(emulator, "Decrypt", params),
  (params) => () => call(emulator, "ExportDataKey", { ...params, ...RSA, PublicKeyBlob: SPKI.toString("base64") }),
  (params) => () => {
    const { EncryptionContext: context, ...rest } = params;
    const all = {
      ...rest,
      ...(context !== undefined && { SourceEncryptionContext: context }),
      DestinationKeyId: keyId,
    };
    return call(emulator, "ReEncrypt", all);
  },
);

const flipped = fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }).map(({ at, bit }) => {
  const bytes = Buffer.from(blob);
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return bytes.toString("base64");
});
const badCiphertexts = fc.oneof(
  flipped,
  fc.nat().map((length) => blob.subarray(0, length % blob.length).toString("base64")),
  fc.uint8Array({ minLength: 1, maxLength: 32 }).map((tail) => Buffer.concat([blob, tail]).toString("base64")),
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes).toString("base64")),
  fc
    .uint8Array({ minLength: 28, maxLength: 200 })
    .map((tail) => Buffer.concat([blob.subarray(0, 36), tail]).toString("base64")),
  fc.string({ unit: "binary", maxLength: 300 }),
);
const ciphertextRequests = fc
  .tuple(openers, badCiphertexts)
  .map(([open, CiphertextBlob]) => open({ CiphertextBlob, EncryptionContext: JSON.stringify(CONTEXT) }));

const badContexts = fc.oneof(
  fc
    .dictionary(fc.string(), fc.string())
    .filter((map) => JSON.stringify(map) !== JSON.stringify(CONTEXT))
    .map((map) => JSON.stringify(map)),
  fc.json().filter((text) => text !== JSON.stringify(CONTEXT)),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constant(`{"purpose":"test","purpose":"test"}`),
  fc.constant(JSON.stringify({ purpose: "x".repeat(9_000) })),
);
const contextRequests = fc.tuple(openers, badContexts).map(([open, EncryptionContext]) => {
  const CiphertextBlob = blob.toString("base64");
  return open(EncryptionContext === "" ? { CiphertextBlob } : { CiphertextBlob, EncryptionContext });
});

/** JSON where a text should be, with what is easily taken for one among it. */
const notText = fc.oneof(
  fc.jsonValue().filter((value) => typeof value !== "string"),
  fc.constantFrom({ toString: 1 }, { toString: "KeyState" }, ["KeyState"], { length: 1 }),
);

/** Keys that are well formed, but that no RSA key pair has: an even modulus, an even or too large exponent, or 1. */
const brokenRsaKeys = fc
  .tuple(
    fc.constantFrom("even modulus", "even exponent", "large exponent", "one"),
    fc.uint8Array({ minLength: 3, maxLength: 7 }),
  )
  .map(([fault, random]) => {
    const n = Buffer.from(publicKey.export({ format: "jwk" }).n ?? "", "base64url");
    let e = Buffer.from([1, ...random.slice(0, 6), 1]);
    if (fault === "even modulus") n[n.length - 1] = (n.at(-1) ?? 0) & 0xfe;
    if (fault === "even exponent") e = Buffer.from([1, ...random.slice(0, 6), 2]);
    if (fault === "large exponent") e = Buffer.concat([n, Buffer.from([1])]);
    if (fault === "one") e = Buffer.from([1]);
    const jwk = { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") };
    return createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" }).toString("base64");
  });

const notOneOf = (...allowed: string[]) => fc.string({ minLength: 1 }).filter((text) => !allowed.includes(text));
const badParameters: fc.Arbitrary<Send> = fc
  .oneof(
    fc.tuple(
      fc.constantFrom("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
      fc.oneof(
        fc.oneof(fc.integer({ max: -1 }), fc.integer({ min: 1_025 }), fc.double({ max: 0.5 })).map((length) => ({
          KeyId: keyId,
          NumberOfBytes: String(length),
        })),
        notOneOf("AES_256", "AES_128").map((KeySpec) => ({ KeyId: keyId, KeySpec })),
        fc.string({ unit: "binary", maxLength: 300 }).map((KeyId): Params => ({ KeyId })),
        fc.constant({}),
      ),
    ),
    fc.tuple(
      fc.constant("ExportDataKey"),
      fc
        .record({
          CiphertextBlob: fc.constant("").map(() => blob.toString("base64")),
          PublicKeyBlob: fc.base64String({ maxLength: 600 }),
          WrappingKeySpec: fc.oneof(fc.string(), fc.constantFrom("RSA_2048", "EC_SM2")),
          WrappingAlgorithm: fc.oneof(fc.string(), fc.constantFrom("SM2PKE", "RSAES_OAEP_SHA_1")),
        })
        .map((params): Params => params),
    ),
    fc.tuple(
      fc.constantFrom(
        "DescribeKey",
        "EnableKey",
        "ScheduleKeyDeletion",
        "ListKeyVersions",
        "GetPublicKey",
        "DeleteAlias",
      ),
      fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 4 }).map((params): Params => ({
        ...params,
        KeyId: `key-${"0".repeat(21)}`,
      })),
    ),
    fc.tuple(notOneOf("DescribeRegions", "ListKeys", "ListAliases", "CreateKey"), fc.constant({})),
    fc.tuple(
      fc.constant("GenerateAndExportDataKey"),
      brokenRsaKeys.map((PublicKeyBlob) => ({ KeyId: keyId, ...RSA, PublicKeyBlob })),
    ),
    fc.tuple(
      fc.constant("ListKeys"),
      fc.record({ Key: notText, Values: fc.jsonValue() }).map((filter) => ({ Filters: JSON.stringify([filter]) })),
    ),
    fc.tuple(
      fc.constantFrom("TagResource", "CreateKey"),
      fc.record({ TagKey: notText, TagValue: fc.jsonValue() }).map((tag) => ({
        KeyId: keyId,
        Tags: JSON.stringify([tag]),
      })),
    ),
  )
  .map(
    ([action, params]): Send =>
      () =>
        call(emulator, action, params),
  );

const describeKey = () => ({ Action: "DescribeKey", KeyId: keyId });
const badSignatures: fc.Arbitrary<Send> = fc.oneof(
  fc.string({ unit: "binary" }).map((Signature): Send => {
    return () => send(emulator, "POST", `/?${formText({ ...signedV1("POST", emulator, describeKey()), Signature })}`);
  }),
  fc.constantFrom("KeyId", "Action", "Timestamp", "SignatureNonce", "AccessKeyId", "SignatureMethod").chain((name) =>
    fc.string({ minLength: 1 }).map((value): Send => {
      return () =>
        send(emulator, "POST", `/?${formText({ ...signedV1("POST", emulator, describeKey()), [name]: value })}`);
    }),
  ),
  fc
    .tuple(fc.constantFrom("x-acs-date", "x-acs-action", "x-acs-content-sha256", "authorization"), fc.base64String())
    .map(
      ([name, value]): Send =>
        () =>
          send(emulator, "POST", `/?KeyId=${encode(keyId)}`, {
            ...signedAcs3("POST", emulator, "DescribeKey", `KeyId=${encode(keyId)}`),
            [name]: value,
          }),
    ),
  fc.constantFrom("KeyId", "Action", "Signature").map((name): Send => {
    return () => {
      const params = signedV1("POST", emulator, describeKey());
      return send(emulator, "POST", `/?${formText(params)}&${encode(name)}=${encode(params[name] ?? "")}`);
    };
  }),
  fc.tuple(fc.constantFrom("PUT", "DELETE", "PATCH", "OPTIONS"), fc.webPath(), fc.string()).map(
    ([method, path, body]): Send =>
      () =>
        send(emulator, method, path === "" ? "/" : path, {}, body),
  ),
);

test(`answers ${RUNS} generated bad requests with a typed error each, and goes on`, async () => {
  const requests = fc.oneof(ciphertextRequests, contextRequests, badParameters, badSignatures);
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const { status, body, headers } = await request();
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body).toEqual({
        HttpStatus: status,
        Code: expect.stringMatching(/^[A-Z][A-Za-z]*(\.[A-Z][A-Za-z]*)*$/) as string,
        Message: expect.stringMatching(/./) as string,
        RequestId: headers["x-acs-request-id"],
      });
    }),
    { numRuns: RUNS },
  );

  const plain = await callOk(emulator, "Decrypt", {
    CiphertextBlob: blob.toString("base64"),
    EncryptionContext: JSON.stringify(CONTEXT),
  });
  expect(plain.KeyId).toBe(keyId);
});
