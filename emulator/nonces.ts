/** The nonces of the signatures that were accepted, so that no request is accepted twice. */
import { createHash } from "node:crypto";

/** How long a nonce must stay unique at Alibaba Cloud's gateway. */
const rememberedMs = 31 * 60 * 1000;
/** Nonces are forgotten a span at a time: one set each, so that forgetting costs nothing. */
const spanMs = 60 * 1000;

interface Span {
  readonly startedMs: number;
  readonly nonces: Set<string>;
}

/** Remembers nonces for 31 minutes; where more than `most` come in that time, the newest four fifths of these. */
export class Nonces {
  private readonly spans: Span[] = [];

  constructor(private readonly most = 1_000_000) {}

  /** Remembers the nonce of this access key; false where it was used already. */
  use(accessKeyId: string, nonce: string, nowMs: number): boolean {
    while (nowMs - (this.spans[0]?.startedMs ?? nowMs) >= rememberedMs + spanMs) this.spans.shift();
    // Of fixed size whatever the client sent; 72 bits, so that no two fall together by chance.
    const digest = createHash("sha256").update(`${accessKeyId}\n${nonce}`).digest("base64").slice(0, 12);
    if (this.spans.some(({ nonces }) => nonces.has(digest))) return false;
    this.span(nowMs).nonces.add(digest);
    return true;
  }

  private span(nowMs: number): Span {
    const newest = this.spans.at(-1);
    const spanMost = Math.ceil(this.most / 10);
    if (newest !== undefined && nowMs - newest.startedMs < spanMs && newest.nonces.size < spanMost) return newest;
    const span = { startedMs: nowMs, nonces: new Set<string>() };
    this.spans.push(span);
    const remembered = () => this.spans.reduce((sum, { nonces }) => sum + nonces.size, 0);
    while (remembered() + spanMost > this.most) this.spans.shift();
    return span;
  }
}
