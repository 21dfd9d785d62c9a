import fs from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { keySpecs } from "../../emulator/keys/keySpec";
import { openDataFolder } from "../../emulator/storage/dataFolder";
import { callOk, formText, newKey, signedV1 } from "./clients";

let data: string;
const running: Emulator[] = [];
beforeEach(() => {
  data = fs.mkdtempSync(join(tmpdir(), "shutdown-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
  fs.rmSync(data, { recursive: true });
});

async function start(): Promise<Emulator> {
  const emulator = await startEmulator({ data });
  running.push(emulator);
  return emulator;
}

/** Begins CreateKeyVersion and goes away while it runs; gives what lets it run on. */
async function abandonedCall(emulator: Emulator, KeyId: string): Promise<() => void> {
  let letRun = (): void => undefined;
  const held = new Promise<void>((resolve) => (letRun = resolve));
  const begun = new Promise<void>((resolve) => {
    jest.spyOn(keySpecs.Aliyun_AES_256, "newMaterialBeside").mockImplementationOnce(async () => {
      resolve();
      await held;
      return Buffer.alloc(32, 1);
    });
  });
  const params = formText(signedV1("POST", emulator, { Action: "CreateKeyVersion", KeyId }));
  const request = http.request(`${emulator.endpoint}/?${params}`, { method: "POST", agent: false });
  request.on("error", () => undefined).end();
  await begun;
  request.destroy();
  await sleep(50);
  return letRun;
}

test.each([1, 2])(
  "the folder stays locked while a call runs whose client has gone, close called %d times",
  async (n) => {
    const first = await start();
    const KeyId = await newKey(first);
    const letRun = await abandonedCall(first, KeyId);
    let closed = 0;
    const closing = Array.from({ length: n }, () => first.close().then(() => (closed += 1)));
    await sleep(100);
    expect(closed).toBe(0);
    await expect(start()).rejects.toThrow("is using it");
    letRun();
    await Promise.all(closing);
    const second = await start();
    expect((await callOk(second, "ListKeyVersions", { KeyId })).TotalCount).toBe(2);
  },
);

test("records take no change once another emulator may have the folder", () => {
  const records = openDataFolder(data);
  records.put("keys/a", 1);
  records.release();
  const before = fs.readdirSync(join(data, "keys"));
  expect(() => records.put("keys/a", 2)).toThrow("was let go");
  expect(() => records.destroy("keys/a")).toThrow("was let go");
  expect(fs.readdirSync(join(data, "keys"))).toEqual(before);
  expect(records.get("keys/a")).toBe(1);
});
