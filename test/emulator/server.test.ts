import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type CallRecord, type Emulator } from "../../emulator/emulator";
import { TokenBucket } from "../../emulator/tokenBucket";
import { acs3Call, call, callOk, formText, newKey, send, signedV1 } from "./clients";

let emulator: Emulator;
let keyId: string;
let calls: CallRecord[];
beforeEach(async () => {
  calls = [];
  emulator = await startEmulator({
    seed: {
      accessKeys: [{ id: "all", secret: "all-secret" }],
    },
    onCall: (record) => calls.push(record),
  });
  keyId = await newKey(emulator);
});
afterEach(() => emulator.close());

const form = { "content-type": "application/x-www-form-urlencoded" };

/** Sends bytes as they are, and gives what comes back until the connection ends. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(emulator.endpoint);
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("an answer", () => {
  test("is JSON, and repeats its request ID in a header", async () => {
    const { headers, body } = await call(emulator, "DescribeKey", { KeyId: keyId });
    expect(headers["content-type"]).toBe("application/json;charset=utf-8");
    expect(headers["x-acs-request-id"]).toBe(body.RequestId);
  });

  test("of an error has HttpStatus, Code, Message and RequestId", async () => {
    const { status, body } = await call(emulator, "DescribeKey", { KeyId: "alias/none" });
    expect(body).toEqual({
      HttpStatus: status,
      Code: "Forbidden.AliasNotFound",
      Message: "The specified Alias is not found.",
      RequestId: expect.any(String) as string,
    });
  });
});

describe("a request", () => {
  test("may carry a context of 8,192 characters and a large ciphertext in its URL", async () => {
    const EncryptionContext = JSON.stringify({ a: "密".repeat(8184) });
    const { CiphertextBlob } = await callOk(emulator, "GenerateDataKey", {
      KeyId: keyId,
      NumberOfBytes: "1024",
      EncryptionContext,
    });
    expect((await call(emulator, "Decrypt", { CiphertextBlob, EncryptionContext })).status).toBe(200);
  });

  test("with a URL over 256 KiB gets a typed error", async () => {
    const { status, body } = await send(emulator, "POST", `/?a=${"x".repeat(300_000)}`);
    expect([status, body.Code]).toEqual([413, "InvalidParameter"]);
  });

  test("with a body of 10 MB gets a typed error, and the emulator goes on working", async () => {
    const { status, body } = await send(emulator, "POST", "/", form, `a=${"x".repeat(10_000_000)}`);
    expect([status, body.Code]).toEqual([413, "InvalidParameter"]);
    expect((await call(emulator, "DescribeKey", { KeyId: keyId })).status).toBe(200);
  });

  test.each([
    ["a parameter twice in the query", "/?Action=CreateKey&Action=Decrypt", {}, ""],
    ["a parameter in query and body", "/?Action=CreateKey", form, "Action=CreateKey"],
    ["broken percent-encoding", "/?a=%zz", {}, ""],
    ["percent-encoding that is not UTF-8", "/?a=%ff", {}, ""],
    ["a value without a name", "/?=x", {}, ""],
    ["a body that is not a form", "/", { "content-type": "application/json" }, "{}"],
    ["two different actions", "/?Action=CreateKey", { "x-acs-action": "Decrypt" }, ""],
  ])("with %s gets a typed error", async (_, target, headers, body) => {
    const reply = await send(emulator, "POST", target, headers, body);
    expect([reply.status, reply.body.Code]).toEqual([400, "ParseRequestParameterException"]);
  });

  test.each([
    ["PUT", "/", 403, "UnsupportedHTTPMethod"],
    ["DELETE", "/", 403, "UnsupportedHTTPMethod"],
    ["POST", "/other", 400, "UnsupportedOperation"],
    ["POST", "/", 400, "IncompleteSignature"],
  ])("%s %s without parameters is %d %s", async (method, target, status, code) => {
    const reply = await send(emulator, method, target);
    expect([reply.status, reply.body.Code]).toEqual([status, code]);
  });

  test("that is not HTTP, or has no Host, gets a typed error", async () => {
    expect(await raw("hello\r\n\r\n")).toMatch(/^HTTP\/1.1 400 .*ParseRequestParameterException/s);
    expect(await raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1.1 400 .*IncompleteSignature/s);
  });
});

describe("the limit of calls per second", () => {
  test("applies to cryptographic actions only", async () => {
    const slow = await startEmulator({ qps: 2 });
    const key = await newKey(slow);
    const replies = [];
    for (let n = 0; n < 40; n++) replies.push(call(slow, "GenerateDataKey", { KeyId: key }));
    const throttled = (await Promise.all(replies)).filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled[0]?.body).toMatchObject({ Code: "Rejected.Throttling", Message: "QPS Limit Exceeded" });
    expect((await call(slow, "DescribeKey", { KeyId: key })).status).toBe(200);
    await slow.close();
  });

  test("fills again with time, and never beyond one second's worth", () => {
    let nowMs = 0;
    const bucket = new TokenBucket(2, () => nowMs);
    const taken = () => [bucket.take(), bucket.take(), bucket.take()];
    expect(taken()).toEqual([true, true, false]);
    nowMs += 500;
    expect(taken()).toEqual([true, false, false]);
    nowMs += 60_000;
    expect(taken()).toEqual([true, true, false]);
  });

  test("of 0 lets everything through", () => {
    const bucket = new TokenBucket(0);
    expect(Array.from({ length: 5000 }, () => bucket.take())).not.toContain(false);
  });
});

describe("the call log", () => {
  test("tells action, outcome, key ID and access key of each call before it is answered", async () => {
    await callOk(emulator, "CreateAlias", { KeyId: keyId, AliasName: "alias/logged" });
    calls.length = 0;
    const made = await callOk(emulator, "GenerateDataKey", { KeyId: "alias/logged" });
    expect(calls).toEqual([
      {
        time: expect.stringMatching(/Z$/) as string,
        action: "GenerateDataKey",
        status: 200,
        code: null,
        keyId,
        accessKeyId: "all",
        requestId: made.RequestId,
        durationMs: expect.any(Number) as number,
      },
    ]);
    await callOk(emulator, "Decrypt", { CiphertextBlob: made.CiphertextBlob });
    expect(calls[1]).toMatchObject({ action: "Decrypt", keyId });
  });

  test("and the answers never hold what the caller sent", async () => {
    calls.length = 0;
    const canary = "CANARY7d41";
    const replies = [
      await call(emulator, canary, { [canary]: canary }),
      await call(emulator, "DescribeKey", { KeyId: canary }),
      await call(emulator, "DescribeKey", { KeyId: `alias/${canary}` }),
      await call(emulator, "GenerateDataKey", { KeyId: keyId, KeySpec: canary }),
      await call(emulator, "GenerateDataKey", { KeyId: keyId, EncryptionContext: canary }),
      await call(emulator, "CreateAlias", { KeyId: keyId, AliasName: canary }),
      await call(emulator, "Decrypt", { CiphertextBlob: canary }),
      await call({ ...emulator, accessKeyId: canary }, "DescribeKey"),
      await call({ ...emulator, accessKeySecret: canary }, "DescribeKey", { KeyId: canary }),
      await call(emulator, "DescribeKey", { KeyId: keyId, Timestamp: canary }),
      await send(emulator, "POST", `/${canary}`),
      await send(emulator, "POST", `/?${canary}=%zz`),
    ];
    expect(replies.map(({ status }) => status)).not.toContain(200);
    expect(calls).toHaveLength(replies.length);
    expect(JSON.stringify([calls, replies])).not.toContain(canary);
    expect(calls[0]).toMatchObject({ action: null, code: "UnsupportedOperation", accessKeyId: "all" });
    expect(calls[7]).toMatchObject({ action: "DescribeKey", accessKeyId: null, keyId: null });
  });
});

describe("HTTPS", () => {
  test("is spoken with the given certificate", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tls-"));
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    writeFileSync(join(folder, "key.pem"), key);
    const args = [
      "req",
      "-x509",
      "-key",
      join(folder, "key.pem"),
      "-subj",
      "/CN=kms",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
    ];
    execFileSync("openssl", [...args, "-out", join(folder, "cert.pem")]);
    const cert = readFileSync(join(folder, "cert.pem"), "utf8");
    const secure = await startEmulator({ tls: { cert, key } });
    expect(secure.endpoint).toMatch(/^https:/);
    expect((await acs3Call(secure, "CreateKey", {}, undefined, cert)).KeyMetadata.KeyState).toBe("Enabled");
    await secure.close();
    rmSync(folder, { recursive: true });
  });

  test("with a broken certificate does not start", async () => {
    await expect(startEmulator({ tls: { cert: "x", key: "y" } })).rejects.toThrow(/^TLS: .* PEM/);
  });
});

describe("closing", () => {
  test("answers the call under way, and ends connections that are idle", async () => {
    const other = await startEmulator();
    const { hostname, port } = new URL(other.endpoint);
    const idle = net.connect(Number(port), hostname);
    await new Promise((resolve) => idle.once("connect", resolve));
    const body = formText(signedV1("POST", other, { Action: "CreateKey" }));
    const busy = net.connect(Number(port), hostname);
    let answer = "";
    busy.on("data", (chunk) => (answer += chunk.toString()));
    const busyEnded = new Promise((resolve) => busy.once("close", resolve));
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form["content-type"]}\r\nExpect: 100-continue\r\n`;
    busy.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => busy.once("data", resolve));
    const closed = other.close();
    busy.write(body);
    await Promise.all([closed, busyEnded, new Promise((resolve) => idle.once("close", resolve))]);
    expect(answer).toContain("HTTP/1.1 200 OK");
    expect(answer).toContain("Connection: close");
  });

  test("frees the port", async () => {
    const first = await startEmulator();
    const port = Number(new URL(first.endpoint).port);
    await expect(startEmulator({ port })).rejects.toThrow(`port ${port} on 127.0.0.1: is in use`);
    await first.close();
    await (await startEmulator({ port })).close();
  });
});
