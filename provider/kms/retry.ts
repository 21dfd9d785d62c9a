/** When a failed call is tried again, and after which pause. */
import { setTimeout as sleep } from "node:timers/promises";
import { CancelledError, MalformedAnswerError, ServiceError, UnreachableError } from "../errors";

export interface RetryPolicy {
  /** Tries in all, the first one included, but for those that were throttled. */
  tries: number;
  /** Tries that may be throttled: the pace slows down with each, so the last of them come late. */
  throttledTries: number;
  /** Upper bound of the first pause, in milliseconds; it doubles with each try. */
  firstPauseMs: number;
  /** Upper bound of any pause, in milliseconds. */
  longestPauseMs: number;
}

/** The backoff that Alibaba Cloud recommends (200 ms doubling to 10 s, five tries), with full jitter. */
export const RECOMMENDED_RETRY: RetryPolicy = {
  tries: 5,
  throttledTries: 12,
  firstPauseMs: 200,
  longestPauseMs: 10_000,
};

/** Network faults that the next try cannot change. */
const LASTING_FAULTS = /^(EPROTO$|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Runs a call until it succeeds, fails for good, or the policy's tries are used up. */
export async function retrying<T>(
  action: string,
  policy: RetryPolicy,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const failed = { tries: 0, throttledTries: 0 };
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const kind = error instanceof ServiceError && error.throttled ? "throttledTries" : "tries";
      failed[kind]++;
      if (failed[kind] >= policy[kind] || !isTransient(error)) throw error;
    }
    const doublings = failed.tries + failed.throttledTries - 1;
    const bound = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** doublings);
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
  if (error instanceof ServiceError) return error.throttled || error.httpStatus >= 500;
  if (error instanceof UnreachableError) return !LASTING_FAULTS.test(error.code);
  return error instanceof MalformedAnswerError && (error.httpStatus === undefined || error.httpStatus >= 500);
}
