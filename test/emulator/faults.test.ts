import * as net from "node:net";
import { startEmulator, type CallRecord, type Emulator, type Fault, type FaultOrder } from "../../emulator/emulator";
import { call, callOk, formText, newKey, sendForText, signedV1, type TextReply } from "./clients";

let emulator: Emulator;
let keyId: string;
let calls: CallRecord[];
beforeEach(async () => {
  calls = [];
  emulator = await startEmulator({ controlPort: 0, onCall: (record) => calls.push(record) });
  keyId = await newKey(emulator);
  calls.length = 0;
});
afterEach(() => emulator.close());

const fail = (fault: Fault, action = "DescribeKey", times = 1) => emulator.fail({ action, times, fault });
const ask = (): Promise<TextReply> => {
  const params = signedV1("POST", emulator, { Action: "DescribeKey", KeyId: keyId });
  return sendForText(emulator, "POST", `/?${formText(params)}`);
};
const askAndFail = () => ask().then(String, (error: unknown) => (error as NodeJS.ErrnoException).code);

describe("a fault", () => {
  test("of a code is an error of the API, with a message of its own or a given one", async () => {
    fail({ code: "Rejected.Throttling", status: 429 }, "DescribeKey", 2);
    fail({ code: "Forbidden.InDebt", status: 403, message: "Pay." });
    const first = await call(emulator, "DescribeKey", { KeyId: keyId });
    expect(first).toMatchObject({ status: 429, body: { HttpStatus: 429, Code: "Rejected.Throttling" } });
    expect(first.headers["x-acs-request-id"]).toBe(first.body.RequestId);
    expect((await call(emulator, "DescribeKey", { KeyId: keyId })).status).toBe(429);
    const third = await call(emulator, "DescribeKey", { KeyId: keyId });
    expect(third).toMatchObject({ status: 403, body: { Code: "Forbidden.InDebt", Message: "Pay." } });
    expect((await call(emulator, "DescribeKey", { KeyId: keyId })).status).toBe(200);
    expect(calls.map(({ status, fault }) => [status, fault])).toEqual([
      [429, "code Rejected.Throttling, status 429"],
      [429, "code Rejected.Throttling, status 429"],
      [403, "code Forbidden.InDebt, status 403, message Pay."],
      [200, undefined],
    ]);
  });

  test("of a status has an empty body", async () => {
    fail({ status: 503 });
    expect(await ask()).toMatchObject({ status: 503, text: "" });
    expect(calls).toMatchObject([{ action: "DescribeKey", status: 503, code: null, fault: "status 503" }]);
  });

  test("of a delay lets the call go on, later", async () => {
    fail({ delayMs: 1 });
    expect((await ask()).status).toBe(200);
    expect(calls).toMatchObject([{ status: 200, fault: "delayMs 1" }]);
  });

  test("of a delay ends with the emulator, and then the call is never carried out", async () => {
    fail({ delayMs: 600_000 });
    const asked = askAndFail();
    while ((await left()).length > 0) await new Promise((again) => setImmediate(again));
    await emulator.close();
    expect(await asked).toBe("ECONNRESET");
    expect(calls).toMatchObject([{ action: "DescribeKey", status: 0, keyId: null }]);
  });

  test("of a reset before cuts the connection, and the call is not carried out", async () => {
    fail({ reset: "before" }, "CreateAlias");
    const cut = call(emulator, "CreateAlias", { KeyId: keyId, AliasName: "alias/a" });
    await expect(cut).rejects.toHaveProperty("code", "ECONNRESET");
    expect((await call(emulator, "DescribeKey", { KeyId: "alias/a" })).status).toBe(404);
    expect(calls[0]).toMatchObject({ action: "CreateAlias", status: 0, code: null, fault: "reset before" });
  });

  test("of a reset after cuts the connection, and the call is carried out", async () => {
    fail({ reset: "after" }, "CreateAlias");
    const cut = call(emulator, "CreateAlias", { KeyId: keyId, AliasName: "alias/a" });
    await expect(cut).rejects.toHaveProperty("code", "ECONNRESET");
    expect((await call(emulator, "DescribeKey", { KeyId: "alias/a" })).status).toBe(200);
    expect(calls[0]).toMatchObject({ action: "CreateAlias", status: 200, keyId, fault: "reset after" });
  });

  test("of a truncated body breaks off after part of an answer that promised more", async () => {
    fail({ body: "truncated" });
    const params = signedV1("POST", emulator, { Action: "DescribeKey", KeyId: keyId });
    const { hostname, port } = new URL(emulator.endpoint);
    const socket = net.connect(Number(port), hostname);
    socket.write(`POST /?${formText(params)} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
    const [head = "", body = ""] = text.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    expect(body).toMatch(/^\{"KeyMetadata":/);
    expect(body.length).toBeLessThan(Number(/Content-Length: (\d+)/i.exec(head)?.[1]));
  });

  test("of a body that is not JSON sends a page instead of the answer", async () => {
    fail({ body: "not json" });
    const { status, headers, text } = await ask();
    expect([status, headers["content-type"]]).toEqual([200, "text/html"]);
    expect(text).toMatch(/^<html>/);
    expect(calls[0]).toMatchObject({ keyId, status: 200 });
  });

  test("of a redirect sends elsewhere", async () => {
    fail({ redirect: "http://127.0.0.1:1/x" });
    const { status, headers } = await ask();
    expect([status, headers.location]).toEqual([302, "http://127.0.0.1:1/x"]);
  });

  test("meets no other action, and strikes before the signature is looked at", async () => {
    fail({ status: 500 });
    expect((await callOk(emulator, "GenerateDataKey", { KeyId: keyId })).KeyId).toBe(keyId);
    expect((await sendForText(emulator, "POST", "/?Action=DescribeKey")).status).toBe(500);
    expect((await sendForText(emulator, "POST", "/?Action=DescribeKey")).status).toBe(400);
  });
});

const control = async (method: string, body?: unknown, headers?: Record<string, string>) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const init = { method, ...(body !== undefined && { body: text }), ...(headers !== undefined && { headers }) };
  const response = await fetch(`${String(emulator.control)}/faults`, init);
  return { status: response.status, body: (await response.json()) as { faults?: FaultOrder[]; errors?: string[] } };
};
const left = async () => (await control("GET")).body.faults ?? [];
const order: FaultOrder = { action: "DescribeKey", times: 2, fault: { status: 503 } };

describe("the control endpoint", () => {
  test("takes orders, shows what is left of them, and clears them", async () => {
    expect(emulator.control).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await control("POST", order)).toEqual({ status: 200, body: { faults: [order] } });
    expect((await ask()).status).toBe(503);
    expect(await left()).toEqual([{ ...order, times: 1 }]);
    expect(await control("DELETE")).toEqual({ status: 200, body: { faults: [] } });
    expect((await ask()).status).toBe(200);
  });

  test.each<[string, unknown, string[]]>([
    ["nothing", "", ["the body must be JSON"]],
    ["what is not JSON", "{", ["the body must be JSON"]],
    ["a list", [order], ["order: must be an object"]],
    ["null", "null", ["order: must be an object"]],
    ["an empty order", {}, ["action: is needed", "times: is needed", "fault: is needed"]],
    [
      "everything wrong at once",
      { action: 1, times: 0, fault: { delayMs: "5", extra: 1 }, more: 1 },
      [
        'order: unknown field "more"; known: action, times, fault',
        "action: must be a string",
        "times: must be a whole number from 1 to 1000000",
        'fault: unknown field "extra"; known: delayMs',
        "fault.delayMs: must be a whole number from 1 to 600000",
      ],
    ],
    [
      "no fault",
      { ...order, fault: {} },
      ["fault: must be an object with one of code, status, delayMs, reset, body, redirect"],
    ],
    [
      "two faults",
      { ...order, fault: { reset: "after", delayMs: 1 } },
      ['fault: unknown field "reset"; known: delayMs'],
    ],
    ["a code without status", { ...order, fault: { code: "X" } }, ["fault.status: is needed"]],
    [
      "a code that would break a header",
      { ...order, fault: { code: "X\r\n", status: 400 } },
      ["fault.code: must be of letters, digits and dots"],
    ],
    [
      "a success as an error",
      { ...order, fault: { code: "X", status: 200 } },
      ["fault.status: must be a whole number from 400 to 599"],
    ],
    ["an odd reset", { ...order, fault: { reset: "now" } }, ["fault.reset: must be one of before, after"]],
    ["an odd body", { ...order, fault: { body: "" } }, ["fault.body: must be one of truncated, not json"]],
    [
      "a redirect to nowhere",
      { ...order, fault: { redirect: "/x" } },
      ["fault.redirect: must be an http or https URL"],
    ],
    [
      "a redirect to a file",
      { ...order, fault: { redirect: "file:///x" } },
      ["fault.redirect: must be an http or https URL"],
    ],
  ])("refuses %s, and says all that is wrong", async (_, body, errors) => {
    expect(await control("POST", body)).toEqual({ status: 400, body: { errors } });
    expect(await left()).toEqual([]);
  });

  test("refuses an action that the emulator lacks", async () => {
    const { status, body } = await control("POST", { ...order, action: "Decypt" });
    expect([status, body.errors?.length]).toEqual([400, 1]);
    expect(body.errors?.[0]).toMatch(/^action: must be one of .*DescribeKey/);
  });

  test("refuses web pages, other methods, other paths and bodies without end", async () => {
    expect((await control("POST", order, { origin: "https://example.com" })).status).toBe(403);
    expect((await control("PUT", order)).status).toBe(405);
    expect((await control("POST", "x".repeat(100_000))).status).toBe(413);
    expect((await fetch(`${String(emulator.control)}/other`)).status).toBe(404);
    expect(await left()).toEqual([]);
  });

  test("is not there unless it is asked for", async () => {
    const other = await startEmulator();
    expect(other).not.toHaveProperty("control");
    await other.close();
  });

  test("does not start where its port is taken, and then nothing does", async () => {
    const controlPort = Number(new URL(String(emulator.control)).port);
    await expect(startEmulator({ controlPort })).rejects.toThrow(`port ${controlPort} on 127.0.0.1: is in use`);
  });
});

test("a program's order is checked as strictly", () => {
  expect(() => emulator.fail({ ...order, times: 1.5 })).toThrow("times: must be a whole number from 1 to 1000000");
});
