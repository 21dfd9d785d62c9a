/** Records in a folder: one file per record, 0600 in folders of mode 0700, each written durably. */
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { StartFault, systemErrorCode } from "../startFault";
import { destroyDurably, InDoubt, syncFolder, unfinishedSuffix, writeDurably } from "./durableFile";
import { lockFolder } from "./folderLock";
import type { Records } from "./records";

/** Opens the folder for this emulator alone, and makes it where there is none. */
export function openDataFolder(path: string): Records {
  const folder = resolve(path);
  return usingFolder(folder, () => {
    makeFolder(folder);
    checkFolder(folder);
    const release = lockFolder(folder);
    try {
      return openRecords(folder, release);
    } catch (error) {
      release();
      throw error;
    }
  });
}

/** Tells of a folder that fails in terms of the folder. */
function usingFolder<T>(folder: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof StartFault || error instanceof InDoubt) throw error;
    throw new StartFault(`data folder ${folder}: cannot be used (${systemErrorCode(error)})`);
  }
}

function openRecords(folder: string, unlock: () => void): Records {
  makeFolder(join(folder, "keys"));
  for (const path of [folder, join(folder, "keys")]) {
    for (const name of readdirSync(path)) {
      // Whoever wrote it was stopped before it told anyone; whoever destroyed it, before it was done.
      if (name.endsWith(unfinishedSuffix)) rmSync(join(path, name));
    }
  }
  const fileOf = (name: string) => join(folder, `${name}.json`);
  let stopped: StartFault | undefined;
  const write = (change: () => void) => {
    if (stopped !== undefined) throw stopped;
    try {
      usingFolder(folder, change);
    } catch (error) {
      if (error instanceof InDoubt) stopped = stopInDoubt(folder, error);
      throw stopped ?? error;
    }
  };
  return {
    get: (name) => usingFolder(folder, () => readRecord(fileOf(name))),
    list: (group) =>
      usingFolder(folder, () => readdirSync(join(folder, group)))
        .filter((file) => file.endsWith(".json"))
        .map((file) => `${group}/${file.slice(0, -".json".length)}`)
        .sort(),
    put: (name, value) => write(() => writeDurably(fileOf(name), `${JSON.stringify(value, undefined, 2)}\n`)),
    destroy: (name) => write(() => destroyDurably(fileOf(name))),
    release: () => {
      stopped = new StartFault(`data folder ${folder}: it was let go`);
      unlock();
    },
  };
}

/** Memory and disk may differ from here on: one more write could build on what the other does not have. */
function stopInDoubt(folder: string, { code }: InDoubt): StartFault {
  const fault = `data folder ${folder}: a change may or may not be kept (${code}); no more are taken until a restart`;
  process.stderr.write(`alicloud-kms-emulator: ${fault}\n`);
  return new StartFault(fault);
}

function readRecord(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new StartFault(`data folder: ${file} is damaged; restore it from a backup, or move it away`);
  }
}

function makeFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) syncFolder(dirname(folder));
}

/** Key material lies here in clear: a folder that others can enter is refused rather than quietly narrowed. */
function checkFolder(folder: string): void {
  const mode = statSync(folder).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new StartFault(`data folder ${folder}: its mode is 0${mode.toString(8)}, others can enter; chmod 700 it`);
  }
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
}
