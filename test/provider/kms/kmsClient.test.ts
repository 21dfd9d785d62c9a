import "../errorsOfNode";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import {
  DecryptRequest,
  DescribeKeyRequest,
  GenerateDataKeyRequest,
  GenerateDataKeyWithoutPlaintextRequest,
} from "@alicloud/kms20160120";
import { startEmulator } from "../../../emulator/emulator";
import {
  CancelledError,
  CredentialsError,
  MalformedAnswerError,
  ServiceError,
  UnreachableError,
} from "../../../provider/errors";
import type { Target } from "../../../provider/kms/connection";
import { KmsClient, type KmsClientOptions } from "../../../provider/kms/kmsClient";
import { Pace } from "../../../provider/kms/pace";
import { CANARY, leaks } from "../canary";
import {
  answerJson,
  deadServer,
  GENERATED,
  kmsError,
  REQUEST_ID,
  startFaultServer,
  type FaultServer,
  type Respond,
} from "../faultServer";
import { rejection } from "../rejection";

/** A client of a gateway on loopback which tries thrice, without pauses. */
function clientOf(host: string, options: Partial<KmsClientOptions> = {}, target: Partial<Target> = {}): KmsClient {
  return new KmsClient({
    target: { region: "cn-hangzhou", protocol: "http", host, emulated: true, ...target },
    credentials: {
      source: "the test",
      get: () => Promise.resolve({ accessKeyId: "id", accessKeySecret: `secret ${CANARY}`, securityToken: CANARY }),
    },
    pace: new Pace(1000, 10),
    retry: { tries: 3, throttledTries: 3, firstPauseMs: 0, longestPauseMs: 0 },
    ...options,
  });
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

let server: FaultServer | undefined;
let written: string[];

beforeEach(() => {
  written = [];
  const keep = (text: unknown) => written.push(String(text)) > 0;
  for (const name of ["log", "info", "warn", "error", "debug"] as const) {
    jest.spyOn(console, name).mockImplementation((...texts: unknown[]) => texts.forEach(keep));
  }
  jest.spyOn(process.stdout, "write").mockImplementation(keep);
  jest.spyOn(process.stderr, "write").mockImplementation(keep);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await server?.close();
  server = undefined;
});

async function clientOfServer(respond: Respond, options: Partial<KmsClientOptions> = {}) {
  server = await startFaultServer(respond);
  return { client: clientOf(server.host, options), requests: server.requests, host: server.host };
}

const generate = (client: KmsClient) =>
  client.generateDataKeyWithoutPlaintext(
    new GenerateDataKeyWithoutPlaintextRequest({ keyId: "alias/a", encryptionContext: { canary: CANARY } }),
  );

describe("a request", () => {
  test("carries the context as one JSON text, and what is absent not at all", async () => {
    const { client, requests } = await clientOfServer((response) => answerJson(response, 200, GENERATED));
    const encryptionContext = { "a b": "c+d&e=f", ä: "密钥 🔑", empty: "" };
    await client.generateDataKeyWithoutPlaintext(
      new GenerateDataKeyWithoutPlaintextRequest({ keyId: "alias/a", numberOfBytes: 48, encryptionContext }),
    );
    expect(Object.fromEntries(requests[0]?.query ?? [])).toEqual({
      KeyId: "alias/a",
      NumberOfBytes: "48",
      EncryptionContext: JSON.stringify(encryptionContext),
    });
    expect(requests[0]?.action).toBe("GenerateDataKeyWithoutPlaintext");
  });

  test("carries every pair of a context, __proto__ too", async () => {
    const { client, requests } = await clientOfServer((response) => answerJson(response, 200, GENERATED));
    const encryptionContext = JSON.parse('{"__proto__":"x","a":"b"}') as Record<string, string>;
    await client.generateDataKeyWithoutPlaintext(
      new GenerateDataKeyWithoutPlaintextRequest({ keyId: "alias/a", encryptionContext }),
    );
    await client.exportDataKey({ EncryptionContext: encryptionContext });
    expect(requests.map(({ query }) => query.get("EncryptionContext"))).toEqual([
      '{"__proto__":"x","a":"b"}',
      '{"__proto__":"x","a":"b"}',
    ]);
  });

  test("carries the session's token in a header, and the secret nowhere", async () => {
    const { client, requests } = await clientOfServer((response) => answerJson(response, 200, GENERATED));
    await client.decrypt(new DecryptRequest({ ciphertextBlob: "AAAA" }));
    const [request] = requests;
    expect(request?.headers["x-acs-security-token"]).toBe(CANARY);
    expect(request?.rawUrl).toBe("/?CiphertextBlob=AAAA");
    expect(leaks(request, `secret ${CANARY}`)).toEqual([]);
  });

  test("carries no token of a lasting access key", async () => {
    const credentials = {
      source: "the test",
      get: () => Promise.resolve({ accessKeyId: "id", accessKeySecret: "secret", securityToken: undefined }),
    };
    const { client, requests } = await clientOfServer((response) => answerJson(response, 200, GENERATED), {
      credentials,
    });
    await generate(client);
    expect(requests[0]?.headers).not.toHaveProperty("x-acs-security-token");
  });

  test("asks for the credentials anew each time", async () => {
    let count = 0;
    const credentials = {
      source: "the test",
      get: () => Promise.resolve({ accessKeyId: `id${++count}`, accessKeySecret: "secret" }),
    };
    const { client, requests } = await clientOfServer(
      (response, tried) => (tried === 1 ? response.destroy() : answerJson(response, 200, GENERATED)),
      { credentials },
    );
    await generate(client);
    expect(requests.map(({ headers }) => /Credential=([^,]+)/.exec(headers.authorization ?? "")?.[1])).toEqual([
      "id1",
      "id2",
    ]);
  });
});

describe("with the emulator, which checks signatures", () => {
  test.each<[string, Record<string, string>]>([
    ["no", {}],
    ["a plain", { app: "shop" }],
    ["an awkward", { "a b+c*d~e!'()": "&=%/?#[]@:;,$", schlüssel: "密钥 🔑", "": '"\\\n' }],
  ])("generates, opens and describes with %s context", async (_, encryptionContext) => {
    const emulator = await startEmulator({ seed: { keys: [{ aliases: ["alias/a"] }] } });
    try {
      const { accessKeyId, accessKeySecret } = emulator;
      const client = clientOf(new URL(emulator.endpoint).host, {
        credentials: { source: "the test", get: () => Promise.resolve({ accessKeyId, accessKeySecret }) },
      });
      const made = await client.generateDataKey(new GenerateDataKeyRequest({ keyId: "alias/a", encryptionContext }));
      const { ciphertextBlob } = made;
      const opened = await client.decrypt(new DecryptRequest({ ciphertextBlob, encryptionContext }));
      expect(opened.plaintext).toBe(made.plaintext);
      const otherContext = { ...encryptionContext, other: "x" };
      const wrong = client.decrypt(new DecryptRequest({ ciphertextBlob, encryptionContext: otherContext }));
      expect(await rejection(wrong)).toMatchObject({ code: "InvalidParameter", httpStatus: 400 });
      const { keyMetadata } = await client.describeKey(new DescribeKeyRequest({ keyId: "alias/a" }));
      expect(keyMetadata.keyId).toBe(made.keyId);
    } finally {
      await emulator.close();
    }
  });

  test("says of a wrong secret where it came from, and nothing of it", async () => {
    const emulator = await startEmulator();
    try {
      const { accessKeyId } = emulator;
      const credentials = {
        source: "the test",
        get: () => Promise.resolve({ accessKeyId, accessKeySecret: CANARY, securityToken: CANARY }),
      };
      const host = new URL(emulator.endpoint).host;
      const error = await rejection(generate(clientOf(host, { credentials })));
      expect(error).toBeInstanceOf(ServiceError);
      expect(error.message).toMatch(
        /^GenerateDataKeyWithoutPlaintext was refused by KMS: SignatureDoesNotMatch \(HTTP 400\)\. The access key's secret is wrong; credentials from the test\. \[host 127\.0\.0\.1:\d+, RequestId [0-9a-f-]{36}\]$/,
      );
      expect(leaks(error, CANARY)).toEqual([]);
    } finally {
      await emulator.close();
    }
  });
});

describe("an answer that passes", () => {
  test.each<[string, number, Respond]>([
    [
      "a throttled call",
      2,
      (response, count) =>
        count === 1 ? answerJson(response, 429, kmsError("Rejected.Throttling")) : answerJson(response, 200, GENERATED),
    ],
    [
      "two faults inside KMS",
      3,
      (response, count) =>
        count <= 2 ? answerJson(response, 500, kmsError("InternalFailure")) : answerJson(response, 200, GENERATED),
    ],
    [
      "a connection that was reset",
      2,
      (response, count) => (count === 1 ? response.destroy() : answerJson(response, 200, GENERATED)),
    ],
    [
      "a connection that was reset within the answer",
      2,
      (response, count) => {
        if (count > 1) return answerJson(response, 200, GENERATED);
        response.writeHead(200, { "content-length": 1000 }).write('{"CiphertextBlob":"AA', () => response.destroy());
      },
    ],
    [
      "an empty 503",
      2,
      (response, count) => (count === 1 ? response.writeHead(503).end() : answerJson(response, 200, GENERATED)),
    ],
    [
      "a proxy's 502 in JSON",
      2,
      (response, count) =>
        count === 1 ? answerJson(response, 502, { error: "bad gateway" }) : answerJson(response, 200, GENERATED),
    ],
  ])("follows %s", async (_, tries, respond) => {
    const { client, requests } = await clientOfServer(respond);
    await expect(generate(client)).resolves.toMatchObject({ ciphertextBlob: GENERATED.CiphertextBlob });
    expect(requests).toHaveLength(tries);
  });
});

describe("a fault ends the call with what may be shown, and nothing else", () => {
  const hostile = `SecurityToken=${CANARY}`;

  test.each<[string, number, Respond, abstract new (...args: never[]) => Error, RegExp]>([
    [
      "a connection reset before the answer",
      3,
      (response) => response.destroy(),
      UnreachableError,
      /got no answer: ECONNRESET \(no HTTP status\)\. The connection was closed before the answer: try again\./,
    ],
    [
      "lasting throttling",
      3,
      (response) => answerJson(response, 429, kmsError("Rejected.Throttling", hostile)),
      ServiceError,
      /was refused by KMS: Rejected\.Throttling \(HTTP 429\)\./,
    ],
    [
      "lasting faults inside KMS",
      3,
      (response) => answerJson(response, 500, kmsError("InternalFailure", hostile)),
      ServiceError,
      /was refused by KMS: InternalFailure \(HTTP 500\)\./,
    ],
    [
      "an unknown key",
      1,
      (response) => answerJson(response, 404, kmsError("Forbidden.KeyNotFound", hostile)),
      ServiceError,
      /was refused by KMS: Forbidden\.KeyNotFound \(HTTP 404\)\. No such key in this account and region/,
    ],
    [
      "an error whose code holds a secret",
      1,
      (response) => answerJson(response, 400, kmsError(CANARY, hostile)),
      ServiceError,
      /was refused by KMS: UnknownCode \(HTTP 400\)\./,
    ],
    [
      "an error whose RequestId holds a secret",
      1,
      (response) => answerJson(response, 403, kmsError("Forbidden.NoPermission", hostile, hostile)),
      ServiceError,
      /Forbidden\.NoPermission \(HTTP 403\).*credentials from the test\. \[host .*, RequestId none\]$/,
    ],
    [
      "an error all of whose parts hold secrets",
      1,
      (response) => answerJson(response, 400, kmsError(hostile, hostile, hostile)),
      MalformedAnswerError,
      /an error without KMS's code and RequestId \(MalformedAnswer, HTTP 400\)/,
    ],
    [
      "an error that repeats the request",
      1,
      (response, _, { rawUrl, headers }) =>
        answerJson(response, 400, {
          ...kmsError("SignatureDoesNotMatch", `${rawUrl} ${JSON.stringify(headers)}`),
          rawUrl,
        }),
      ServiceError,
      /SignatureDoesNotMatch \(HTTP 400\)\. The access key's secret is wrong/,
    ],
    [
      "an error whose parts are no texts",
      1,
      (response) => answerJson(response, 400, { Code: { hostile }, Message: [hostile], RequestId: 7 }),
      MalformedAnswerError,
      /HTTP 400/,
    ],
    [
      "an error that is null",
      3,
      (response) => answerJson(response, 400, null),
      MalformedAnswerError,
      /MalformedAnswer/,
    ],
    [
      "an answer that is no JSON",
      3,
      (response) => response.writeHead(200, { "content-type": "text/html" }).end(`<html>${hostile}</html>`),
      MalformedAnswerError,
      /got an answer that is not KMS's: it could not be read as JSON/,
    ],
    [
      "an error that is XML",
      3,
      (response) =>
        response.writeHead(400, { "content-type": "text/xml;charset=utf-8" }).end(`<KMS><Code>${hostile}</Code></KMS>`),
      MalformedAnswerError,
      /got an answer that is not KMS's/,
    ],
    ["an empty 503", 3, (response) => response.writeHead(503).end(), MalformedAnswerError, /MalformedAnswer/],
    [
      "a redirect",
      1,
      (response) =>
        response
          .writeHead(302, { location: `http://127.0.0.1:1/?${hostile}`, "content-type": "application/json" })
          .end("{}"),
      MalformedAnswerError,
      /no JSON object under HTTP 200 \(MalformedAnswer, HTTP 302\)/,
    ],
    ["a list", 1, (response) => answerJson(response, 200, [hostile]), MalformedAnswerError, /HTTP 200/],
    ["a text", 1, (response) => answerJson(response, 200, hostile), MalformedAnswerError, /HTTP 200/],
    ["nothing under 204", 3, (response) => response.writeHead(204).end(), MalformedAnswerError, /MalformedAnswer/],
  ])("%s", async (_, tries, respond, type, text) => {
    const { client, requests, host } = await clientOfServer(respond);
    const error = await rejection(generate(client));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(text);
    expect(error.message).toMatch(/^GenerateDataKeyWithoutPlaintext /);
    expect(error.message).toContain(`[host ${host}, RequestId `);
    expect(requests).toHaveLength(tries);
    expect(leaks(error, CANARY)).toEqual([]);
    expect(leaks(written.join("\n"), CANARY)).toEqual([]);
  });

  test("an error of KMS is found again by its RequestId", async () => {
    const { client } = await clientOfServer((response) => answerJson(response, 409, kmsError("Rejected.Disabled")));
    expect(await rejection(generate(client))).toMatchObject({
      code: "Rejected.Disabled",
      httpStatus: 409,
      trace: { action: "GenerateDataKeyWithoutPlaintext", requestId: REQUEST_ID },
    });
  });

  // The transport reads an error's body as JSON before anybody can ask for the status.
  test("an answer that is no JSON is told as such, without a word of it", async () => {
    const { client } = await clientOfServer((response) => response.writeHead(404).end("<html>Not here</html>"));
    const { message } = await rejection(generate(client));
    expect(message).toContain("it could not be read as JSON (MalformedAnswer, HTTP status unknown)");
    expect(message).not.toContain("Not here");
  });

  test("an endpoint where nothing listens", async () => {
    const { host } = await deadServer();
    const error = await rejection(generate(clientOf(host)));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toBe(
      "GenerateDataKeyWithoutPlaintext got no answer: ECONNREFUSED (no HTTP status). Nothing listens there: check the " +
        `endpoint, and that the emulator runs if it is one. [host ${host}, RequestId none]`,
    );
    expect(leaks(error, CANARY)).toEqual([]);
  });

  test("a name that does not resolve", async () => {
    const error = await rejection(generate(clientOf("kms.invalid")));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(/got no answer: (ENOTFOUND|EAI_AGAIN) \(no HTTP status\)\. The name/);
    expect(leaks(error, CANARY)).toEqual([]);
  });

  test("a gateway that does not speak TLS", async () => {
    const { host, close } = await startFaultServer(() => undefined);
    try {
      const error = await rejection(generate(clientOf(host, {}, { protocol: "https" })));
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error.message).toMatch(/speaks HTTPS/);
      expect(leaks(error, CANARY)).toEqual([]);
    } finally {
      await close();
    }
  });

  test("a gateway that does not speak HTTP", async () => {
    const listener = net.createServer((socket) => void socket.on("error", () => undefined).end(`${hostile}\r\n\r\n`));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = listener.address() as AddressInfo;
      const error = await rejection(generate(clientOf(`127.0.0.1:${port}`)));
      expect(error.message).toMatch(/^GenerateDataKeyWithoutPlaintext got /);
      expect(leaks(error, CANARY)).toEqual([]);
    } finally {
      listener.close();
    }
  });

  test("missing credentials", async () => {
    const missing = new CredentialsError("no credentials were found");
    const credentials = { source: "the test", get: () => Promise.reject(missing) };
    const { client, requests } = await clientOfServer((response) => response.end(), { credentials });
    expect(await rejection(generate(client))).toBe(missing);
    expect(requests).toEqual([]);
  });
});

describe("a cancelled call", () => {
  test("ends while a gateway that never answers is waited for", async () => {
    const controller = new AbortController();
    const { client, requests } = await clientOfServer(() => controller.abort(), { signal: controller.signal });
    const error = await rejection(generate(client));
    expect(error).toEqual(new CancelledError("GenerateDataKeyWithoutPlaintext"));
    expect(requests).toHaveLength(1);
  });

  test("is not sent at all when it was cancelled before", async () => {
    const { client, requests } = await clientOfServer((response) => answerJson(response, 200, GENERATED), {
      signal: AbortSignal.abort(),
    });
    expect(await rejection(generate(client))).toBeInstanceOf(CancelledError);
    expect(requests).toEqual([]);
  });

  test("is not sent when it is cancelled while its credentials are sought", async () => {
    const controller = new AbortController();
    let found: () => void = () => undefined;
    const sought = new Promise<void>((resolve) => (found = resolve));
    const credentials = {
      source: "the test",
      get: async () => {
        await nextTurn();
        controller.abort();
        await nextTurn();
        found();
        return { accessKeyId: "id", accessKeySecret: "secret" };
      },
    };
    const { client, requests, host } = await clientOfServer((response) => answerJson(response, 200, GENERATED), {
      signal: controller.signal,
      credentials,
    });
    expect(await rejection(generate(client))).toBeInstanceOf(CancelledError);
    await sought;
    await nextTurn();
    // A second call comes after whatever the first one has sent.
    await generate(clientOf(host));
    expect(requests).toHaveLength(1);
  });

  test("ends although it was cancelled in the very moment of its turn", async () => {
    const controller = new AbortController();
    const { client } = await clientOfServer((response) => answerJson(response, 200, GENERATED), {
      signal: controller.signal,
    });
    const ending = rejection(generate(client));
    controller.abort();
    expect(await ending).toBeInstanceOf(CancelledError);
  });

  test("leaves nothing listening on the signal once it has ended", async () => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, "addEventListener");
    const removed = jest.spyOn(signal, "removeEventListener");
    const { client } = await clientOfServer((response) => answerJson(response, 200, GENERATED), { signal });
    await generate(client);
    const listeners = (calls: [string, unknown][]) => calls.map(([, listener]) => listener);
    expect(added).toHaveBeenCalled();
    expect(
      listeners(added.mock.calls as never).filter((one) => !listeners(removed.mock.calls as never).includes(one)),
    ).toEqual([]);
  });
});
