/**
 * How fast calls leave this process: a token bucket for the account's rate limit and a bound on calls under way.
 * Both are first come, first served.
 */
import { CancelledError } from "../errors";

export class Pace {
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
    this.tokens = perSecond;
  }

  /** Runs a call as soon as its turn has come. A cancelled call that still waits is never started. */
  async run<T>(action: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.turn(action, signal);
    try {
      return await call();
    } finally {
      this.underWay--;
      this.start();
    }
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
        Math.ceil((1000 * (1 - this.tokens)) / this.perSecond),
      );
    }
  }

  private refill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.refilledAt) / 1000) * this.perSecond);
    this.refilledAt = now;
  }
}
