import timers from "node:timers/promises";
import {
  CancelledError,
  ConfigurationError,
  CredentialsError,
  MalformedAnswerError,
  MismatchError,
  ServiceError,
  UnreachableError,
} from "../../../provider/errors";
import { RECOMMENDED_RETRY, retrying } from "../../../provider/kms/retry";
import { rejection } from "../rejection";

const trace = { action: "Decrypt", host: "kms.example" };
const service = (code: string, status: number) => new ServiceError(trace, code, status, "");

/** Pauses that were asked for, in milliseconds; none is really made. */
let pauses: number[];

beforeEach(() => {
  pauses = [];
  jest.spyOn(timers, "setTimeout").mockImplementation((pauseMs, _, options) => {
    pauses.push(Number(pauseMs));
    return options?.signal?.aborted === true
      ? Promise.reject(new Error("aborted"))
      : Promise.resolve(undefined as never);
  });
  jest.spyOn(Math, "random").mockReturnValue(1);
});

afterEach(() => jest.restoreAllMocks());

/** Fails with each of the errors in turn, then succeeds. */
const failing =
  (...errors: Error[]) =>
  () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };

test.each<[string, Error]>([
  ["throttling", service("Rejected.Throttling", 429)],
  ["throttling by the gateway", service("Throttling.User", 400)],
  ["HTTP 429, whatever its code", service("UnknownCode", 429)],
  ["a fault inside KMS", service("InternalFailure", 500)],
  ["an unavailable service", service("ServiceUnavailableTemporary", 503)],
  ["a lost connection", new UnreachableError(trace, "ECONNRESET", "")],
  ["a refused connection", new UnreachableError(trace, "ECONNREFUSED", "")],
  ["a late answer", new UnreachableError(trace, "RequestTimeoutError", "")],
  ["an unreadable answer", new MalformedAnswerError(trace, "no JSON")],
  ["an answer of a broken proxy", new MalformedAnswerError(trace, "no code", 502)],
])("tries again after %s", async (_, error) => {
  await expect(retrying("Decrypt", RECOMMENDED_RETRY, failing(error, error))).resolves.toBe("done");
  expect(pauses).toEqual([200, 400]);
});

test.each<[string, Error]>([
  ["an unknown key", service("Forbidden.KeyNotFound", 404)],
  ["a missing permission", service("Forbidden.NoPermission", 403)],
  ["a disabled key", service("Rejected.Disabled", 409)],
  ["a wrong parameter", service("InvalidParameter", 400)],
  ["an untrusted CA", new UnreachableError(trace, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "")],
  ["a self-signed certificate", new UnreachableError(trace, "DEPTH_ZERO_SELF_SIGNED_CERT", "")],
  ["an untrusted chain", new UnreachableError(trace, "SELF_SIGNED_CERT_IN_CHAIN", "")],
  ["an expired certificate", new UnreachableError(trace, "CERT_HAS_EXPIRED", "")],
  ["a certificate for another name", new UnreachableError(trace, "ERR_TLS_CERT_ALTNAME_INVALID", "")],
  ["an answer without its fields", new MalformedAnswerError(trace, "no KeyId", 200)],
  ["a gateway that speaks no TLS", new UnreachableError(trace, "EPROTO", "")],
  ["a redirect", new MalformedAnswerError(trace, "no JSON", 302)],
  ["a cancellation", new CancelledError("Decrypt")],
  ["missing credentials", new CredentialsError("none")],
  ["a wrong setting", new ConfigurationError("wrong")],
  ["another key", new MismatchError("another")],
  ["a bug", new TypeError("bug")],
])("does not try again after %s", async (_, error) => {
  expect(await rejection(retrying("Decrypt", RECOMMENDED_RETRY, failing(error)))).toBe(error);
  expect(pauses).toEqual([]);
});

test("ends with the last error after five tries, with pauses that double", async () => {
  const errors = Array.from({ length: 6 }, (_, index) => service("InternalFailure", 500 + index));
  expect(await rejection(retrying("Decrypt", RECOMMENDED_RETRY, failing(...errors)))).toBe(errors[4]);
  expect(pauses).toEqual([200, 400, 800, 1600]);
});

test("gives throttled tries a number of their own, as the pace slows down with each", async () => {
  const throttled = Array.from({ length: 12 }, () => service("Rejected.Throttling", 429));
  const mixed = [...throttled.slice(0, 11), ...Array.from({ length: 4 }, () => service("InternalFailure", 500))];
  await expect(retrying("Decrypt", RECOMMENDED_RETRY, failing(...mixed))).resolves.toBe("done");
  expect(await rejection(retrying("Decrypt", RECOMMENDED_RETRY, failing(...throttled)))).toBe(throttled[11]);
});

test("bounds the pauses", async () => {
  const policy = { tries: 5, throttledTries: 5, firstPauseMs: 100, longestPauseMs: 250 };
  const faults = Array.from({ length: 5 }, () => service("InternalFailure", 500));
  await rejection(retrying("Decrypt", policy, failing(...faults)));
  expect(pauses).toEqual([100, 200, 250, 250]);
});

test("makes each pause a random part of its bound", async () => {
  jest.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(0.25);
  const error = service("Throttling", 400);
  await retrying("Decrypt", RECOMMENDED_RETRY, failing(error, error));
  expect(pauses).toEqual([0, 100]);
});

test("gives the answer of the first try without a pause", async () => {
  await expect(retrying("Decrypt", RECOMMENDED_RETRY, failing())).resolves.toBe("done");
  expect(pauses).toEqual([]);
});

test("ends a pause when it is cancelled, and does not try again", async () => {
  const controller = new AbortController();
  let tries = 0;
  const call = () => {
    tries++;
    controller.abort();
    return Promise.reject(service("Throttling", 400));
  };
  const error = await rejection(retrying("Decrypt", RECOMMENDED_RETRY, call, controller.signal));
  expect(error).toEqual(new CancelledError("Decrypt"));
  expect(tries).toBe(1);
});
