/**
 * httpx, the SDK's transport, prints headers and URLs, session tokens and ciphertexts included, where DEBUG names it
 * (`DEBUG=*` does). Taking DEBUG out of the environment is too late: Pulumi's own packages have loaded `debug` by then.
 */
import { createRequire } from "node:module";

/** What brings httpx along; each may have a copy of its own. */
const USERS = ["@darabonba/typescript", "@alicloud/credentials"];

let silent = false;

/** Switches that printing off, in this process, for good. */
export function silenceTransport(): void {
  if (silent) return;
  silent = true;
  for (const user of USERS) {
    const httpx = createRequire(require.resolve(user)).resolve("httpx");
    (createRequire(httpx)("debug") as { disable(): void }).disable();
  }
}
