/** When a failed call is tried again, and after which pause. */
import { setTimeout as sleep } from "node:timers/promises";
import { CancelledError, MalformedAnswerError, ServiceError, UnreachableError } from "../errors";

export interface RetryPolicy {
  /** Tries in all, the first one included. */
  tries: number;
  /** Upper bound of the first pause, in milliseconds; it doubles with each try. */
  firstPauseMs: number;
  /** Upper bound of any pause, in milliseconds. */
  longestPauseMs: number;
}

/** The backoff that Alibaba Cloud recommends (200 ms doubling to 10 s, five tries), with full jitter. */
export const RECOMMENDED_RETRY: RetryPolicy = { tries: 5, firstPauseMs: 200, longestPauseMs: 10_000 };

/** Network faults that the next try cannot change. */
const LASTING_FAULTS = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Runs a call until it succeeds, fails for good, or the policy's tries are used up. */
export async function retrying<T>(
  action: string,
  policy: RetryPolicy,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await call();
    } catch (error) {
      if (tried >= policy.tries || !isTransient(error)) throw error;
    }
    const bound = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (tried - 1));
    await sleep(Math.random() * bound, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new CancelledError(action);
    });
  }
}

/**
 * Throttling, faults inside KMS, and answers that were lost or mangled on the way. Trying again is always harmless:
 * KMS keeps no data key, so one whose answer was lost never existed.
 */
function isTransient(error: unknown): boolean {
  if (error instanceof ServiceError) {
    return error.httpStatus >= 500 || error.httpStatus === 429 || error.code.includes("Throttling");
  }
  if (error instanceof UnreachableError) return !LASTING_FAULTS.test(error.code);
  return error instanceof MalformedAnswerError && (error.httpStatus === undefined || error.httpStatus >= 500);
}
