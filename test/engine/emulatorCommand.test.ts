/** The command `alicloud-kms-emulator` as a process: flags, ready line, signals, faults, sudden death. */
import { spawnSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "../../emulator/emulator";
import { call, callOk, newKey, type Answer } from "../emulator/clients";
import { EMULATOR_COMMAND, spawnEmulator, type Ready } from "./spawnEmulator";

jest.setTimeout(60_000);

let folder: string;
let data: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "command-"));
  data = join(folder, "data");
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, "SIGKILL");
  fs.rmSync(folder, { recursive: true });
});

/** Starts the command and waits for its ready line; the child is ended after the test, ready or not. */
async function start(...args: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const { child, ready } = spawnEmulator(...args);
  children.push(child);
  return { child, ready: await ready };
}

/** Ends a process and gives its exit code and signal. */
function end(child: ChildProcess, signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve([child.exitCode, child.signalCode]);
  return new Promise((done) => {
    child.once("exit", (...how) => done(how));
    child.kill(signal);
  });
}

const run = (...args: string[]) => spawnSync(process.execPath, [EMULATOR_COMMAND, ...args], { encoding: "utf8" });
const write = (name: string, text: string): string => {
  fs.writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test("prints one line with endpoint, region, account and access key when it is ready", async () => {
  const { ready } = await start("--region", "cn-beijing", "--account", "7");
  expect(ready).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    region: "cn-beijing",
    account: "7",
    accessKeyId: expect.stringMatching(/^\w{24}$/) as string,
    accessKeySecret: expect.stringMatching(/^\w{30}$/) as string,
  });
  expect((await callOk(ready, "CreateKey")).KeyMetadata.Arn).toMatch(/^acs:kms:cn-beijing:7:key\//);
});

test.each<NodeJS.Signals>(["SIGTERM", "SIGINT"])(
  "ends with status 0 on %s, and gives its folder free",
  async (signal) => {
    const { child, ready } = await start("--data", data);
    await newKey(ready);
    expect(await end(child, signal)).toEqual([0, null]);
    expect(fs.readdirSync(data).filter((name) => name.startsWith("lock."))).toEqual([]);
  },
);

test("a restart prints the same access key and opens what was made before", async () => {
  const first = await start("--data", data);
  const keyId = await newKey(first.ready);
  const { CiphertextBlob, Plaintext } = await callOk(first.ready, "GenerateDataKey", { KeyId: keyId });
  await end(first.child, "SIGTERM");
  const { ready } = await start("--data", data);
  expect([ready.accessKeyId, ready.accessKeySecret]).toEqual([first.ready.accessKeyId, first.ready.accessKeySecret]);
  expect((await callOk(ready, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
});

test("kill -9 amid a burst of CreateKey loses no acknowledged key", async () => {
  for (let round = 0; round < 4; round++) {
    const { child, ready } = await start("--data", data);
    const sealed: Answer[] = [];
    const worker = async () => {
      for (;;) sealed.push(await callOk(ready, "GenerateDataKey", { KeyId: await newKey(ready) }));
    };
    const workers = Array.from({ length: 8 }, () => worker().catch(() => undefined));
    while (sealed.length < 20 + 10 * round) await new Promise((again) => setImmediate(again));
    await end(child, "SIGKILL");
    await Promise.all(workers);
    const again = await start("--data", data, "--qps", "0");
    for (const { CiphertextBlob, Plaintext } of sealed) {
      expect((await callOk(again.ready, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
    }
    await end(again.child, "SIGTERM");
  }
});

test("takes a seed file, and logs calls without their values", async () => {
  const accessKeys = [{ id: "seeded-id", secret: "seeded-secret" }];
  const seed = write("seed.json", JSON.stringify({ accessKeys, keys: [{ aliases: ["alias/orders"] }] }));
  const log = join(folder, "calls.log");
  const { ready } = await start("--seed", seed, "--log", log);
  expect(ready).toMatchObject({ accessKeyId: "seeded-id", accessKeySecret: "seeded-secret" });
  const made = await callOk(ready, "GenerateDataKey", { KeyId: "alias/orders", EncryptionContext: '{"canary":"x"}' });
  await call(ready, "NoSuchAction", { canary: "canary" });
  const text = fs.readFileSync(log, "utf8");
  expect(fs.statSync(log).mode & 0o777).toBe(0o600);
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CallRecord);
  expect(lines.map((line) => [line.action, line.status, line.code, line.keyId, line.accessKeyId])).toEqual([
    ["GenerateDataKey", 200, null, made.KeyId, "seeded-id"],
    [null, 400, "UnsupportedOperation", null, "seeded-id"],
  ]);
  for (const value of [
    "canary",
    "alias/orders",
    made.CiphertextBlob,
    made.Plaintext,
    "seeded-secret",
    "NoSuchAction",
  ]) {
    expect(text).not.toContain(value);
  }
});

test("limits cryptographic calls to --qps", async () => {
  const { ready } = await start("--qps", "1");
  const keyId = await newKey(ready);
  const replies = await Promise.all(Array.from({ length: 30 }, () => call(ready, "GenerateDataKey", { KeyId: keyId })));
  expect(replies.map(({ status }) => status)).toContain(429);
});

test("is the gateway of an instance on --instance, and tells where its CA's certificate lies", async () => {
  const { ready } = await start("--data", data, "--instance", "kst-command");
  expect(ready).toMatchObject({
    endpoint: expect.stringMatching(/^https:/) as string,
    caCertificate: join(data, "PrivateKmsCA_kst-command.pem"),
  });
  const ca = fs.readFileSync(String(ready.caCertificate), "utf8");
  expect((await call(ready, "CreateKey", {}, "POST", ca)).body.Code).toBe("UnsupportedOperation");
});

test("takes orders for faults on --control-port, and on SIGTERM waits for no delay", async () => {
  const { child, ready } = await start("--control-port", "0", "--qps", "0");
  const order = (fault: object) =>
    fetch(`${String(ready.control)}/faults`, {
      method: "POST",
      body: JSON.stringify({ action: "CreateKey", times: 1, fault }),
    });
  expect((await order({ code: "InternalFailure", status: 500 })).status).toBe(200);
  expect((await call(ready, "CreateKey")).status).toBe(500);
  expect((await call(ready, "CreateKey")).status).toBe(200);
  await order({ delayMs: 600_000 });
  const held = call(ready, "CreateKey").catch((error: unknown) => (error as NodeJS.ErrnoException).code);
  const left = async () => (await fetch(`${String(ready.control)}/faults`)).json() as Promise<{ faults: object[] }>;
  while ((await left()).faults.length > 0) await new Promise((again) => setImmediate(again));
  expect(await end(child, "SIGTERM")).toEqual([0, null]);
  expect(await held).toBe("ECONNRESET");
});

test("prints its usage on --help", () => {
  const { status, stdout, stderr } = run("--help");
  expect([status, stderr]).toEqual([0, ""]);
  const flags = ["host", "port", "data", "seed", "region", "account", "qps", "tls-cert", "tls-key", "instance", "log"];
  for (const flag of [...flags, "control-port"]) expect(stdout).toContain(`--${flag} `);
});

describe("a fault is one line on stderr, status 2, and no data folder", () => {
  const cases: [name: string, args: () => string[], message: RegExp][] = [
    ["an unknown flag", () => ["--frobnicate"], /Unknown option '--frobnicate'; --help lists the flags/],
    ["a stray word", () => ["start"], /Unexpected argument 'start'/],
    ["a flag without value", () => ["--seed"], /--seed/],
    ["an empty value", () => ["--host="], /--host: must not be empty/],
    ["a port that is no number", () => ["--port", "http"], /--port: must be a whole number from 0 to 65535/],
    ["a port too large", () => ["--port", "65536"], /--port: must be a whole number from 0 to 65535/],
    ["a negative rate", () => ["--qps=-1"], /--qps: must be a whole number/],
    ["a region of odd characters", () => ["--region", "a/b"], /--region: must be of a-z, 0-9 and -/],
    ["an account of letters", () => ["--account", "me"], /--account: must be digits/],
    ["a host that is not ours", () => ["--host", "192.0.2.1"], /port 0 on 192\.0\.2\.1: EADDRNOTAVAIL/],
    ["a missing seed", () => ["--seed", join(folder, "none")], /--seed .*none: cannot be read \(ENOENT\)/],
    ["a seed that is not JSON", () => ["--seed", write("s", '{\n "secret canary" }')], /--seed .*: is not valid JSON/],
    [
      "a seed with faults",
      () => ["--seed", write("s", '{"keys":[{"a":1}],"b":2}')],
      /unknown field "b".*; keys\[0\]: /,
    ],
    ["a certificate alone", () => ["--tls-cert", write("c", "")], /--tls-cert and --tls-key: give both, or neither/],
    ["a broken certificate", () => ["--tls-cert", write("c", "x"), "--tls-key", write("k", "y")], /TLS: .* PEM/],
    ["an instance that is none", () => ["--instance", "kst-A"], /--instance: must be kst- and 1 to 40 of a-z and 0-9/],
    [
      "a control port that is no number",
      () => ["--control-port", "x"],
      /--control-port: must be a whole number from 0/,
    ],
    ["a log in no folder", () => ["--log", join(folder, "none", "log")], /--log .*: cannot be written \(ENOENT\)/],
  ];
  test.each(cases)("%s", (_, args, message) => {
    const { status, stdout, stderr } = run("--data", data, ...args());
    expect(stderr).toMatch(/^alicloud-kms-emulator: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("canary");
    expect([status, stdout]).toEqual([2, ""]);
    expect(fs.existsSync(data)).toBe(false);
  });

  test("a busy port, which leaves no log behind either", async () => {
    const { ready } = await start();
    const { port } = new URL(ready.endpoint);
    const log = join(folder, "log");
    const { status, stderr } = run("--data", data, "--port", port, "--log", log);
    expect(stderr).toBe(
      `alicloud-kms-emulator: port ${port} on 127.0.0.1: is in use; give another port, or 0 for any free one\n`,
    );
    expect(status).toBe(2);
    expect([fs.existsSync(data), fs.existsSync(log)]).toEqual([false, false]);
  });
});

test("a second emulator on the same folder is refused; after kill -9 the next one takes over", async () => {
  const { child } = await start("--data", data);
  const { status, stderr } = run("--data", data);
  expect([status, stderr.split("\n").length]).toEqual([2, 2]);
  expect(stderr).toContain(`process ${String(child.pid)} is using it`);
  await end(child, "SIGKILL");
  await start("--data", data);
});

test("a folder that others can enter, or that is a file, is refused", () => {
  fs.mkdirSync(data, { mode: 0o750 });
  const open = run("--data", data);
  expect([open.status, open.stderr]).toEqual([
    2,
    `alicloud-kms-emulator: data folder ${data}: its mode is 0750, others can enter; chmod 700 it\n`,
  ]);
  const file = run("--data", write("file", ""));
  expect([file.status, file.stderr]).toEqual([2, expect.stringMatching(/cannot be used \(EEXIST\)\n$/)]);
});
