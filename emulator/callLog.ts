/** The call log: what was called and how it ended, never with which values. */
import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { StartFault, systemErrorCode } from "./startFault";

/** One call. What the caller made up (an unknown action, a wrong access key) is null here. */
export interface CallRecord {
  readonly time: string;
  readonly action: string | null;
  /** The HTTP status; 0 where no answer was made. */
  readonly status: number;
  /** The error's code; null for a success. */
  readonly code: string | null;
  /** The ID of the key that was used, however it was named; null where none was found. */
  readonly keyId: string | null;
  readonly accessKeyId: string | null;
  readonly requestId: string;
  readonly durationMs: number;
  /** The fault on demand that the call met, such as `reset after`. */
  readonly fault?: string;
}

/** A log file: one JSON line per call, written before the call is answered. */
export interface CallLog {
  write(call: CallRecord): void;
  close(): void;
  /** Undoes the opening, where the start fails: a file that was not there before goes away again. */
  abandon(): void;
}

/** Opens the log file to add to it. */
export function openCallLog(path: string): CallLog {
  const wasThere = existsSync(path);
  let file: number;
  try {
    file = openSync(path, "a", 0o600);
  } catch (error) {
    throw new StartFault(`--log ${path}: cannot be written (${systemErrorCode(error)})`);
  }
  return {
    write: (call) => {
      try {
        writeSync(file, `${JSON.stringify(call)}\n`);
      } catch (error) {
        process.stderr.write(`alicloud-kms-emulator: --log cannot be written (${systemErrorCode(error)})\n`);
      }
    },
    close: () => closeSync(file),
    abandon: () => {
      closeSync(file);
      if (!wasThere) rmSync(path);
    },
  };
}
