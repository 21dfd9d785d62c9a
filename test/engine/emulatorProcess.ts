/** A real emulator process for engine tests, with the log of the calls it got. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const COMMAND = resolve(__dirname, "../../dist/emulator/main.js");

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
  const child = spawn(process.execPath, [COMMAND, "--seed", seedFile, "--log", logFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => {
      throw new Error("the emulator did not start");
    }),
  ])) as [Buffer];
  const line = JSON.parse(ready[0].toString()) as Omit<EmulatorProcess, "calls" | "stop">;
  return {
    ...line,
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
