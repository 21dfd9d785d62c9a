import { CancelledError, ServiceError } from "../../../provider/errors";
import { Pace } from "../../../provider/kms/pace";
import { rejection } from "../rejection";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Calls that end when the test says so. */
function calls() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    call: (name: string) => () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await settle();
    },
  };
}

/** Lets everything run that waits for no timer. */
const settle = () => jest.advanceTimersByTimeAsync(0);

test("starts as many calls at once as the rate allows in a second, and the others as time goes by", async () => {
  const pace = new Pace(4, 100);
  const { started, call } = calls();
  for (const name of ["a", "b", "c", "d", "e", "f"]) void pace.run("Decrypt", call(name));
  await settle();
  expect(started).toEqual(["a", "b", "c", "d"]);
  await jest.advanceTimersByTimeAsync(249);
  expect(started).toHaveLength(4);
  await jest.advanceTimersByTimeAsync(1);
  expect(started).toEqual(["a", "b", "c", "d", "e"]);
  await jest.advanceTimersByTimeAsync(250);
  expect(started).toEqual(["a", "b", "c", "d", "e", "f"]);
});

test("saves up no more than a second's calls", async () => {
  const pace = new Pace(2, 100);
  const { started, call } = calls();
  await jest.advanceTimersByTimeAsync(60_000);
  for (const name of ["a", "b", "c"]) void pace.run("Decrypt", call(name));
  await settle();
  expect(started).toEqual(["a", "b"]);
});

test("keeps the rate when the clock of the machine is set back", async () => {
  const pace = new Pace(1, 100);
  const { started, call } = calls();
  jest.setSystemTime(Date.now() - 3_600_000);
  for (const name of ["a", "b"]) void pace.run("Decrypt", call(name));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(started).toEqual(["a", "b"]);
});

test("has no more calls under way than it may, first come, first served", async () => {
  const pace = new Pace(1000, 2);
  const { started, call, end } = calls();
  const results = ["a", "b", "c", "d"].map((name) => pace.run("Decrypt", call(name)));
  await settle();
  expect(started).toEqual(["a", "b"]);
  await end("b");
  expect(started).toEqual(["a", "b", "c"]);
  await end("a");
  await end("c");
  await end("d");
  await expect(Promise.all(results)).resolves.toEqual(["a", "b", "c", "d"]);
});

test("goes on after a call that failed", async () => {
  const pace = new Pace(1000, 1);
  const { started, call } = calls();
  const failed = pace.run("Decrypt", () => Promise.reject(new Error("failed")));
  void pace.run("Decrypt", call("b"));
  await expect(failed).rejects.toThrow("failed");
  await settle();
  expect(started).toEqual(["b"]);
});

test("never starts a call that was cancelled while it waited, and starts those behind it", async () => {
  const pace = new Pace(1000, 1);
  const { started, call, end } = calls();
  const controller = new AbortController();
  void pace.run("Decrypt", call("a"));
  const cancelled = rejection(pace.run("Encrypt", call("b"), controller.signal));
  void pace.run("Decrypt", call("c"), new AbortController().signal);
  await settle();
  controller.abort();
  expect(await cancelled).toEqual(new CancelledError("Encrypt"));
  await end("a");
  expect(started).toEqual(["a", "c"]);
});

test("gives the turn of a cancelled call, which waited for the rate, to the next one", async () => {
  const pace = new Pace(1, 100);
  const { started, call } = calls();
  const controller = new AbortController();
  void pace.run("Decrypt", call("a"));
  const cancelled = rejection(pace.run("Decrypt", call("b"), controller.signal));
  void pace.run("Decrypt", call("c"));
  await settle();
  controller.abort();
  expect(await cancelled).toBeInstanceOf(CancelledError);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(started).toEqual(["a", "c"]);
});

test("starts nothing for what was cancelled before", async () => {
  const pace = new Pace(1000, 100);
  const { started, call } = calls();
  expect(await rejection(pace.run("Decrypt", call("a"), AbortSignal.abort()))).toBeInstanceOf(CancelledError);
  expect(started).toEqual([]);
});

test("leaves a call that has started to its own cancellation", async () => {
  const pace = new Pace(1000, 1);
  const { started, call, end } = calls();
  const controller = new AbortController();
  const result = pace.run("Decrypt", call("a"), controller.signal);
  void pace.run("Decrypt", call("b"));
  await settle();
  controller.abort();
  await settle();
  expect(started).toEqual(["a"]);
  await end("a");
  await expect(result).resolves.toBe("a");
  expect(started).toEqual(["a", "b"]);
});

describe("when KMS throttles", () => {
  const trace = { action: "Decrypt", host: "here" };
  const throttled = () => Promise.reject(new ServiceError(trace, "Rejected.Throttling", 429, ""));
  const succeeds = () => Promise.resolve();

  /** How many of many waiting calls start in the next second. */
  async function startsOfASecond(pace: Pace): Promise<number> {
    let started = 0;
    const controller = new AbortController();
    const call = () => {
      started++;
      return new Promise<void>(() => undefined);
    };
    for (let n = 0; n < 200; n++) void pace.run("Decrypt", call, controller.signal).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1000);
    controller.abort();
    return started;
  }

  test("halves the rate, once for all calls that were under way together", async () => {
    const pace = new Pace(100, 1000);
    await Promise.allSettled(Array.from({ length: 10 }, () => pace.run("Decrypt", throttled)));
    expect(await startsOfASecond(pace)).toBe(50);
  });

  test("halves it again when a later call is throttled too, but never below one a second", async () => {
    const pace = new Pace(4, 1000);
    for (let n = 0; n < 6; n++) {
      const call = pace.run("Decrypt", throttled);
      call.catch(() => undefined);
      await jest.advanceTimersByTimeAsync(2000);
    }
    await jest.advanceTimersByTimeAsync(1000);
    expect(await startsOfASecond(pace)).toBe(2); // the one saved up, and the one of this second
  });

  test("grows back as calls are answered", async () => {
    const pace = new Pace(100, 1000);
    await rejection(pace.run("Decrypt", throttled));
    for (let n = 0; n < 1000; n++) {
      const call = pace.run("Decrypt", succeeds);
      await jest.advanceTimersByTimeAsync(20);
      await call;
    }
    await jest.advanceTimersByTimeAsync(1000);
    expect(await startsOfASecond(pace)).toBeGreaterThan(190); // a second saved up, and this one
  });
});
