import "../errorsOfNode";
import { ConfigurationError, MalformedAnswerError, ServiceError } from "../../../provider/errors";
import { connectKms } from "../../../provider/kms/connectKms";
import { resolveTarget } from "../../../provider/kms/connection";
import type { Kms } from "../../../provider/kms/kms";
import { CANARY, leaks } from "../canary";
import { answerJson, GENERATED, kmsError, startFaultServer, type FaultServer, type Respond } from "../faultServer";
import { rejection } from "../rejection";
import { testHost, type Values } from "../testHost";

const KEYS = { "alicloud:accessKey": "id", "alicloud:secretKey": CANARY, "alicloud:region": "cn-hangzhou" };

let server: FaultServer | undefined;

/** No real pauses between tries. */
beforeEach(() => void jest.spyOn(Math, "random").mockReturnValue(0));

afterEach(async () => {
  jest.restoreAllMocks();
  await server?.close();
  server = undefined;
});

function open(endpoint: string, config: Values = {}): Kms {
  const { settings } = testHost({ ...KEYS, ...config });
  return connectKms(resolveTarget({ endpoint }, settings), settings);
}

async function openServer(respond: Respond, config: Values = {}): Promise<Kms> {
  server = await startFaultServer(respond);
  return open(server.endpoint, config);
}

const { CiphertextBlob, KeyId, KeyVersionId, RequestId } = GENERATED;
const PLAINTEXT = Buffer.alloc(32, 1).toString("base64");
const EXPORTED = { ExportedDataKey: Buffer.alloc(256, 2).toString("base64"), KeyId, KeyVersionId, RequestId };
const DESCRIBED = { KeyMetadata: { KeyId, KeyState: "Disabled" }, RequestId };

interface Operation {
  call: (kms: Kms) => Promise<unknown>;
  answer: Record<string, unknown>;
  result: Record<string, unknown>;
}

const generated = { ciphertextBlob: CiphertextBlob, keyId: KeyId, keyVersionId: KeyVersionId, requestId: RequestId };

const OPERATIONS: Record<string, Operation> = {
  GenerateDataKeyWithoutPlaintext: {
    call: (kms) => kms.generateDataKeyWithoutPlaintext({ keyId: "alias/a" }),
    answer: GENERATED,
    result: generated,
  },
  GenerateDataKey: {
    call: (kms) => kms.generateDataKey({ keyId: "alias/a" }),
    answer: { ...GENERATED, Plaintext: PLAINTEXT },
    result: { ...generated, plaintext: PLAINTEXT },
  },
  ExportDataKey: {
    call: (kms) =>
      kms.exportDataKey({
        ciphertextBlob: CiphertextBlob,
        publicKeyBlob: "AAAA",
        wrappingKeySpec: "RSA_2048",
        wrappingAlgorithm: "RSAES_OAEP_SHA_1",
      }),
    answer: EXPORTED,
    result: {
      exportedDataKey: EXPORTED.ExportedDataKey,
      keyId: KeyId,
      keyVersionId: KeyVersionId,
      requestId: RequestId,
    },
  },
  Decrypt: {
    call: (kms) => kms.decrypt({ ciphertextBlob: CiphertextBlob }),
    answer: { Plaintext: PLAINTEXT, KeyId, KeyVersionId, RequestId },
    result: { plaintext: PLAINTEXT },
  },
  DescribeKey: {
    call: (kms) => kms.describeKey({ keyId: KeyId }),
    answer: DESCRIBED,
    result: { keyId: KeyId, keyState: "Disabled" },
  },
};

describe.each(Object.entries(OPERATIONS))("%s", (action, { call, answer, result }) => {
  test("gives what KMS answers, and no more than is needed", async () => {
    const kms = await openServer((response) => answerJson(response, 200, { ...answer, Recommend: CANARY }));
    await expect(call(kms)).resolves.toEqual(result);
    expect(server?.requests.map((request) => request.action)).toEqual([action]);
  });

  test.each<[string, unknown]>([
    ["empty", {}],
    ["a bare RequestId", { RequestId }],
    ["full of nulls", Object.fromEntries(Object.keys(answer).map((name) => [name, null]))],
    ["full of empty texts", Object.fromEntries(Object.keys(answer).map((name) => [name, ""]))],
    ["full of objects", Object.fromEntries(Object.keys(answer).map((name) => [name, { secret: CANARY }]))],
    ["full of lists", Object.fromEntries(Object.keys(answer).map((name) => [name, [CANARY]]))],
    ["an error under HTTP 200", kmsError("Forbidden.KeyNotFound", CANARY)],
  ])("refuses an answer that is %s", async (_, body) => {
    const kms = await openServer((response) => answerJson(response, 200, body));
    const error = await rejection(call(kms));
    expect(error).toBeInstanceOf(MalformedAnswerError);
    expect(error.message).toMatch(new RegExp(`^${action} got an answer that is not KMS's: .*HTTP 200`));
    expect(leaks(error, CANARY)).toEqual([]);
  });

  test("passes KMS's own refusal on", async () => {
    const kms = await openServer((response) => answerJson(response, 403, kmsError("Forbidden.NoPermission", CANARY)));
    const error = await rejection(call(kms));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.message).toContain("credentials from configuration alicloud:accessKey");
    expect(leaks(error, CANARY)).toEqual([]);
  });
});

test.each([
  ["GenerateDataKeyWithoutPlaintext", ["CiphertextBlob", "KeyId", "KeyVersionId", "RequestId"]],
  ["GenerateDataKey", ["CiphertextBlob", "Plaintext", "KeyId", "KeyVersionId", "RequestId"]],
  ["ExportDataKey", ["ExportedDataKey", "KeyId", "KeyVersionId", "RequestId"]],
  ["Decrypt", ["Plaintext"]],
])("%s is refused when any of its fields is missing", async (action, names) => {
  const operation = OPERATIONS[action];
  for (const missing of names) {
    const body = { ...operation?.answer, [missing]: undefined };
    const kms = await openServer((response) => answerJson(response, 200, body));
    const error = await rejection(operation?.call(kms) ?? Promise.resolve());
    expect(error).toBeInstanceOf(MalformedAnswerError);
    expect(error.message.toLowerCase()).toContain(`no ${missing.toLowerCase()} (`);
    await server?.close();
  }
});

test.each([
  ["GenerateDataKeyWithoutPlaintext", "CiphertextBlob"],
  ["GenerateDataKey", "Plaintext"],
  ["ExportDataKey", "ExportedDataKey"],
  ["Decrypt", "Plaintext"],
])("%s is refused when its %s is not base64, which is not repeated", async (action, name) => {
  const operation = OPERATIONS[action];
  const kms = await openServer((response) => answerJson(response, 200, { ...operation?.answer, [name]: CANARY }));
  const error = await rejection(operation?.call(kms) ?? Promise.resolve());
  expect(error).toBeInstanceOf(MalformedAnswerError);
  expect(error.message).toContain("is not base64");
  expect(leaks(error, CANARY)).toEqual([]);
});

test("an export sends KMS's parameters, with the context as JSON", async () => {
  const kms = await openServer((response) => answerJson(response, 200, EXPORTED));
  await kms.exportDataKey({
    ciphertextBlob: "a+b=",
    publicKeyBlob: "c/d=",
    wrappingKeySpec: "EC_SM2",
    wrappingAlgorithm: "SM2PKE",
    encryptionContext: { b: "2", a: "1" },
  });
  expect(Object.fromEntries(server?.requests[0]?.query ?? [])).toEqual({
    CiphertextBlob: "a+b=",
    PublicKeyBlob: "c/d=",
    WrappingKeySpec: "EC_SM2",
    WrappingAlgorithm: "SM2PKE",
    EncryptionContext: '{"b":"2","a":"1"}',
  });
});

test("a call is tried five times", async () => {
  const kms = await openServer((response) => answerJson(response, 503, kmsError("ServiceUnavailableTemporary")));
  await rejection(kms.describeKey({ keyId: "a" }));
  expect(server?.requests).toHaveLength(5);
});

test("connecting calls nothing", async () => {
  await openServer((response) => response.end());
  expect(server?.requests).toEqual([]);
});

test.each(["0", "0.5", "-1", "many", "NaN", "Infinity", "1000001", " "])(
  "a rate of %j calls a second is refused with what is allowed",
  (rate) => {
    const connect = () => open("http://127.0.0.1:1", { "alicloud-kms:requestsPerSecond": rate });
    expect(connect).toThrow(ConfigurationError);
    expect(connect).toThrow("alicloud-kms:requestsPerSecond must be a number from 1 to 1,000,000");
  },
);

test("the rate that is configured is shared by all that talk to the same gateway", async () => {
  const others = ["nextTick", "setImmediate", "queueMicrotask", "hrtime", "setInterval"] as const;
  jest.useFakeTimers({ doNotFake: [...others] });
  try {
    const rate = { "alicloud-kms:requestsPerSecond": "1" };
    const first = await openServer((response) => answerJson(response, 200, DESCRIBED), rate);
    const second = open(server?.endpoint ?? "", rate);
    await first.describeKey({ keyId: KeyId });
    const later = second.describeKey({ keyId: KeyId });
    const otherRate = open(server?.endpoint ?? "", { "alicloud-kms:requestsPerSecond": "2" });
    await otherRate.describeKey({ keyId: KeyId });
    expect(server?.requests).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1000);
    await later;
    expect(server?.requests).toHaveLength(3);
  } finally {
    jest.useRealTimers();
  }
});
