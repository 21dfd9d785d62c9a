/** Files that are wholly there or not at all, whenever the process or the machine stops. */
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../startFault";

/** What the name of a file ends with while it is being written. */
export const unfinishedSuffix = ".unfinished";

/** A write that failed so late that the file may be the old one or the new one. */
export class InDoubt extends Error {
  readonly code: string;

  constructor(cause: unknown) {
    super("the write may or may not be kept", { cause });
    this.name = "InDoubt";
    this.code = systemErrorCode(cause);
  }
}

/**
 * Writes a file of mode 0600 beside its place, forces it to disk, and only then moves it there.
 * The folder is forced too: without that a power cut can undo the move. A failure as late as that is InDoubt.
 */
export function writeDurably(path: string, text: string): void {
  const unfinished = path + unfinishedSuffix;
  const file = openSync(unfinished, "w", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  let moved = false;
  try {
    renameSync(unfinished, path);
    moved = true;
    syncFolder(dirname(path));
  } catch (error) {
    // A move that was refused, for want of space say, did not happen; after EIO nobody knows.
    throw moved || systemErrorCode(error) === "EIO" ? new InDoubt(error) : error;
  }
}

/**
 * Takes a file out of its place, overwrites it and deletes it. Stopped half-way it is an unfinished file, with which
 * this goes on when it is asked again, and which the next start deletes. What a disk or file system keeps beneath,
 * such as snapshots, is out of reach.
 */
export function destroyDurably(path: string): void {
  const unfinished = path + unfinishedSuffix;
  unlessMissing(() => renameSync(path, unfinished));
  syncFolder(dirname(path));
  unlessMissing(() => {
    overwrite(unfinished);
    rmSync(unfinished);
  });
  syncFolder(dirname(path));
}

/** A step on a file that an earlier attempt may have taken already. */
function unlessMissing(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

function overwrite(path: string): void {
  const file = openSync(path, "r+");
  try {
    const zeros = Buffer.alloc(fstatSync(file).size);
    for (let written = 0; written < zeros.length;) written += writeSync(file, zeros, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Forces the names in a folder to disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
