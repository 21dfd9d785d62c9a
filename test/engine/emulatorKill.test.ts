import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callOk } from "../emulator/clients";
import { spawnEmulator, type Ready } from "./spawnEmulator";

const ROUNDS = 20;
const WRITES = 1_000;
const WRITERS = 16;

interface Running {
  child: ChildProcess;
  access: Ready;
}

/** A version that the emulator has acknowledged, and something that only its material opens. */
interface Acknowledged {
  keyId: string;
  keyVersionId: string;
  ciphertextBlob: string;
  plaintext: string;
}

const data = mkdtempSync(join(tmpdir(), "kill-"));
afterAll(() => rmSync(data, { recursive: true }));

async function start(): Promise<Running> {
  const { child, ready } = spawnEmulator("--data", data, "--qps", "0");
  return { child, access: await ready };
}

async function kill({ child }: Running): Promise<void> {
  child.kill("SIGKILL");
  if (child.signalCode === null) await once(child, "exit");
}

/** Writes until the emulator dies: keys, and further versions of them. */
async function write({ access }: Running, acknowledged: Acknowledged[], budget: { writes: number }): Promise<void> {
  const keep = async (keyId: string, keyVersionId: string) => {
    const made = await callOk(access, "GenerateDataKey", { KeyId: keyId });
    expect(made.KeyVersionId).toBe(keyVersionId);
    acknowledged.push({ keyId, keyVersionId, ciphertextBlob: made.CiphertextBlob, plaintext: made.Plaintext });
  };
  try {
    while (budget.writes > 0) {
      budget.writes -= 2;
      const { KeyId, PrimaryKeyVersion } = (await callOk(access, "CreateKey")).KeyMetadata;
      await keep(KeyId, PrimaryKeyVersion);
      const { KeyVersion } = (await callOk(access, "CreateKeyVersion", { KeyId })) as unknown as {
        KeyVersion: { KeyVersionId: string };
      };
      await keep(KeyId, KeyVersion.KeyVersionId);
    }
  } catch (error) {
    // The connection breaks when the emulator dies; any answer that says no is a failure of the test.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

test(`loses no acknowledged key or version by ${ROUNDS} sudden deaths in the middle of ${WRITES} writes`, async () => {
  let checked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged: Acknowledged[] = [];
    const budget = { writes: WRITES };
    const emulator = await start();
    const writers = Array.from({ length: WRITERS }, () => write(emulator, acknowledged, budget));
    const killAfter = Math.ceil(Math.random() * 0.8 * WRITES);
    while (acknowledged.length < killAfter) await new Promise((done) => setTimeout(done, 2));
    expect(budget.writes).toBeGreaterThan(0);
    await kill(emulator);
    await Promise.all(writers);

    const restarted = await start();
    for (const { keyId, keyVersionId, ciphertextBlob, plaintext } of acknowledged) {
      const opened = await callOk(restarted.access, "Decrypt", { CiphertextBlob: ciphertextBlob });
      expect([opened.KeyId, opened.KeyVersionId, opened.Plaintext]).toEqual([keyId, keyVersionId, plaintext]);
      checked++;
    }
    await kill(restarted);
  }
  expect(checked).toBeGreaterThan(ROUNDS);
}, 300_000);
