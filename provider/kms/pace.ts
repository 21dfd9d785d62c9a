/**
 * How fast calls leave this process: a token bucket for the account's rate limit and a bound on calls under way, both
 * first come, first served. The rate halves when KMS throttles, as others may share the account, and grows back slowly.
 */
import { CancelledError, ServiceError } from "../errors";

/** The share of the full rate by which each answered call raises the present one. */
const GROWTH = 1 / 2000;

export class Pace {
  /** Calls a second at present; at most `perSecond`. */
  private rate: number;
  private slowedAt = -Infinity;
  private tokens: number;
  private refilledAt = performance.now();
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param perSecond calls that may start each second  @param concurrent calls that may be under way at once */
  constructor(
    private readonly perSecond: number,
    private readonly concurrent: number,
  ) {
    this.rate = perSecond;
    this.tokens = perSecond;
  }

  /** Runs a call as soon as its turn has come. A cancelled call that still waits is never started. */
  async run<T>(action: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.turn(action, signal);
    const startedAt = performance.now();
    try {
      const answer = await call();
      this.rate = Math.min(this.perSecond, this.rate + this.perSecond * GROWTH);
      return answer;
    } catch (error) {
      if (error instanceof ServiceError && error.throttled) this.slowDown(startedAt);
      throw error;
    } finally {
      this.underWay--;
      this.start();
    }
  }

  /** Calls that left before the rate was last halved tell nothing about the new one. */
  private slowDown(startedAt: number): void {
    if (startedAt <= this.slowedAt) return;
    this.refill();
    this.slowedAt = performance.now();
    this.rate = Math.max(1, this.rate / 2);
    this.tokens = 0;
  }

  private turn(action: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      };
      const cancel = () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(new CancelledError(action));
      };
      if (signal?.aborted === true) return reject(new CancelledError(action));
      signal?.addEventListener("abort", cancel, { once: true });
      this.waiting.push(go);
      this.start();
    });
  }

  private start(): void {
    this.refill();
    while (this.waiting.length > 0 && this.underWay < this.concurrent && this.tokens >= 1) {
      this.tokens--;
      this.underWay++;
      this.waiting.shift()?.();
    }
    if (this.waiting.length > 0 && this.tokens < 1 && this.timer === undefined) {
      this.timer = setTimeout(
        () => {
          this.timer = undefined;
          this.start();
        },
        Math.ceil((1000 * (1 - this.tokens)) / this.rate),
      );
    }
  }

  private refill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.rate, this.tokens + ((now - this.refilledAt) / 1000) * this.rate);
    this.refilledAt = now;
  }
}
