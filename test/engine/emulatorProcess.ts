/** A real emulator process for engine tests, with the log of the calls it got. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnEmulator } from "./spawnEmulator";

export interface LoggedCall {
  action: string;
  status: number;
  code: string | null;
}

export interface EmulatorProcess {
  endpoint: string;
  accessKeyId: string;
  accessKeySecret: string;
  /** Every call so far, in order. */
  calls(): LoggedCall[];
  stop(): Promise<void>;
}

/** Starts `alicloud-kms-emulator` on a free port; `seed` is its seed file's content. */
export async function startEmulatorProcess(seed: object): Promise<EmulatorProcess> {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  const [seedFile, logFile] = [join(folder, "seed.json"), join(folder, "log")];
  writeFileSync(seedFile, JSON.stringify(seed));
  writeFileSync(logFile, "");
  const { child, ready } = spawnEmulator("--seed", seedFile, "--log", logFile);
  return {
    ...(await ready),
    calls: () =>
      readFileSync(logFile, "utf8")
        .split("\n")
        .filter((text) => text !== "")
        .map((text) => JSON.parse(text) as LoggedCall),
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
