/** Files that are wholly there or not at all, whenever the process or the machine stops. */
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** What the name of a file ends with while it is being written. */
export const unfinishedSuffix = ".unfinished";

/**
 * Writes a file of mode 0600 beside its place, forces it to disk, and only then moves it there.
 * The folder is forced too: without that a power cut can undo the move.
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
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/**
 * Takes a file out of its place, overwrites it and deletes it. Stopped half-way it is an unfinished file, which the
 * next start deletes. What a disk or file system keeps beneath, such as snapshots, is out of reach.
 */
export function destroyDurably(path: string): void {
  const unfinished = path + unfinishedSuffix;
  renameSync(path, unfinished);
  syncFolder(dirname(path));
  const file = openSync(unfinished, "r+");
  try {
    const zeros = Buffer.alloc(fstatSync(file).size);
    for (let written = 0; written < zeros.length;) written += writeSync(file, zeros, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(unfinished);
  syncFolder(dirname(path));
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
