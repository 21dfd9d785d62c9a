// How many GenerateDataKeyWithoutPlaintext calls a second the emulator answers, beside the floor: a bare Node server
// that answers a constant. The load comes from this process, over 64 connections, each call signed with a nonce of its
// own; rates of two machines, or of two runs, do not compare, the ratio within one run does.
//
//   make bench
import { createHmac, randomUUID } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { resolve } from "node:path";

const CONNECTIONS = 64;
const CALLS = 30_000;
const WARM_UP = 3_000;

interface Target {
  child: ChildProcess;
  endpoint: URL;
  accessKeyId: string;
  accessKeySecret: string;
}

interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  peakMiB: number;
}

const FLOOR = `
  const answer = JSON.stringify({ KeyId: "k", KeyVersionId: "v", CiphertextBlob: "c".repeat(144), RequestId: "r" });
  const server = require("http").createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "Content-Length": answer.length }).end(answer));
  });
  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ endpoint: "http://127.0.0.1:" + server.address().port,
    accessKeyId: "a", accessKeySecret: "b" })));
`;

async function start(args: string[]): Promise<Target> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const ready = JSON.parse(line.toString()) as { endpoint: string; accessKeyId: string; accessKeySecret: string };
  return { ...ready, child, endpoint: new URL(ready.endpoint) };
}

/** A signed call (signature V1) as the path of its URL. */
function signedPath(target: Target, action: string, parameters: Record<string, string>): string {
  const all: Record<string, string> = {
    ...parameters,
    Action: action,
    Version: "2016-01-20",
    Format: "JSON",
    AccessKeyId: target.accessKeyId,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = Object.entries(all)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const text = `POST&%2F&${encode(query)}`;
  const signature = createHmac("sha1", `${target.accessKeySecret}&`).update(text).digest("base64");
  return `/?${query}&Signature=${encode(signature)}`;
}

function call({ endpoint }: Target, agent: Agent, path: string): Promise<{ status: number; body: string }> {
  return new Promise((done, failed) => {
    const { hostname: host, port } = endpoint;
    const outgoing = request(
      { agent, host, port, path, method: "POST", headers: { "Content-Length": 0 } },
      (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => done({ status: answer.statusCode ?? 0, body }));
      },
    );
    outgoing.on("error", failed).end();
  });
}

async function measure(target: Target, keyId: string): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const paths = Array.from({ length: WARM_UP + CALLS }, () =>
    signedPath(target, "GenerateDataKeyWithoutPlaintext", { KeyId: keyId, KeySpec: "AES_256" }),
  );
  const tookMs: number[] = [];
  let next = 0;
  const run = async (until: number) => {
    while (next < until) {
      const path = paths[next++] ?? "";
      const startedMs = performance.now();
      const { status } = await call(target, agent, path);
      if (status !== 200) throw new Error(`answered with HTTP ${status}`);
      tookMs.push(performance.now() - startedMs);
    }
  };
  const allConnections = (until: number) => Promise.all(Array.from({ length: CONNECTIONS }, () => run(until)));
  await allConnections(WARM_UP);
  tookMs.length = 0;
  const startedMs = performance.now();
  await allConnections(WARM_UP + CALLS);
  const seconds = (performance.now() - startedMs) / 1000;
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  const quantile = (share: number) => tookMs[Math.floor(share * (tookMs.length - 1))] ?? NaN;
  return { perSecond: tookMs.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), peakMiB: peakMiB(target) };
}

function peakMiB({ child }: Target): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(child.pid)}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

function show(name: string, { perSecond, p50Ms, p99Ms, peakMiB }: Measured): void {
  const cells = [perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), peakMiB.toFixed(0)];
  console.log(name.padEnd(10) + cells.map((cell) => cell.padStart(12)).join(""));
}

async function main(): Promise<void> {
  const emulator = await start([resolve(__dirname, "../dist/emulator/main.js"), "--qps", "0"]);
  const floor = await start(["-e", FLOOR]);
  try {
    const created = await call(emulator, new Agent(), signedPath(emulator, "CreateKey", {}));
    const { KeyMetadata } = JSON.parse(created.body) as { KeyMetadata: { KeyId: string } };
    const ofFloor = await measure(floor, "k");
    const ofEmulator = await measure(emulator, KeyMetadata.KeyId);
    console.log(`${CALLS} calls over ${CONNECTIONS} connections\n`);
    console.log("".padEnd(10) + ["calls/s", "p50 ms", "p99 ms", "peak MiB"].map((head) => head.padStart(12)).join(""));
    show("emulator", ofEmulator);
    show("floor", ofFloor);
    console.log(`\nemulator/floor: ${(ofEmulator.perSecond / ofFloor.perSecond).toFixed(2)} of the rate`);
  } finally {
    emulator.child.kill();
    floor.child.kill();
  }
}

void main();
