/** The `openssl` command, which makes the X.509 certificates that Node cannot make. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartFault, systemErrorCode } from "../startFault";

/** Runs one command and gives what it printed. */
export type Openssl = (...args: string[]) => string;

/**
 * Lets commands run in a folder that nobody else can enter and that holds these files, and removes it afterwards.
 * Commands name files by their plain names.
 */
export function withOpenssl<T>(files: Readonly<Record<string, string>>, use: (openssl: Openssl) => T): T {
  const folder = temporaryFolder();
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    const options = { cwd: folder, env: process.env, encoding: "utf8", stdio: "pipe" } as const;
    return use((...args) => execFileSync("openssl", args, options));
  } catch (error) {
    const code = systemErrorCode(error);
    const reason = code === "ENOENT" ? "the openssl command is needed and was not found" : `openssl failed (${code})`;
    throw new StartFault(`--instance: ${reason}; or give --tls-cert and --tls-key`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "alicloud-kms-emulator-"));
  } catch (error) {
    const reason = `cannot be used (${systemErrorCode(error)}); see TMPDIR`;
    throw new StartFault(`--instance: the folder for temporary files, ${tmpdir()}, ${reason}`);
  }
}
