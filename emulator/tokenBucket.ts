/** The limit of calls per second, which each account has for itself. */

/** Lets `perSecond` calls a second through, and as many at once after a quiet second; 0 lets all through. */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.tokens = perSecond;
    this.filledAtMs = nowMs();
  }

  /** Takes one token; false where none is left. */
  take(): boolean {
    if (this.perSecond === 0) return true;
    const nowMs = this.nowMs();
    this.tokens = Math.min(this.perSecond, this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.perSecond);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/** A bucket for each account that calls. Only accounts of known access keys do: no stranger makes the map grow. */
export class AccountBuckets {
  private readonly byAccount = new Map<string, TokenBucket>();

  constructor(private readonly perSecond: number) {}

  /** Takes one token of this account; false where none is left. */
  take(account: string): boolean {
    const bucket = this.byAccount.get(account) ?? new TokenBucket(this.perSecond);
    this.byAccount.set(account, bucket);
    return bucket.take();
  }
}
