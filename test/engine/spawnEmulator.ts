/** Starts the command `alicloud-kms-emulator` as it was built, and reads its ready line. */
import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import type { Emulator } from "../../emulator/emulator";

export const EMULATOR_COMMAND = resolve(__dirname, "../../dist/emulator/main.js");

/** What the ready line tells. */
export type Ready = Omit<Emulator, "fail" | "close">;

/** The process at once, and what it says when it is ready; rejected where it ends before. */
export function spawnEmulator(...args: string[]): { child: ChildProcess; ready: Promise<Ready> } {
  const child = spawn(process.execPath, [EMULATOR_COMMAND, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = new Promise<Ready>((done, failed) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith("\n")) done(JSON.parse(text) as Ready);
    });
    child.once("exit", (code) => failed(new Error(`ended with ${String(code)} before it was ready`)));
  });
  return { child, ready };
}
