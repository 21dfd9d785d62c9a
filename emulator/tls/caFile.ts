/** The file in which clients find the certificate of an instance's CA. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeDurably } from "../storage/durableFile";
import { caFileName } from "./privateCa";

/** A file that was written. */
export interface CaFile {
  readonly path: string;
  /** Removes it where it lies in a folder of its own. */
  release(): void;
}

/** Writes it into the data folder; without one, into a folder that goes away with the emulator. */
export function writeCaFile(certificate: string, instance: string, data: string | undefined): CaFile {
  const folder = data === undefined ? mkdtempSync(join(tmpdir(), "alicloud-kms-emulator-")) : resolve(data);
  const path = join(folder, caFileName(instance));
  writeDurably(path, certificate);
  return { path, release: () => (data === undefined ? rmSync(folder, { recursive: true, force: true }) : undefined) };
}
