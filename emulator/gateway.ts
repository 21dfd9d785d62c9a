/** What the two kinds of gateways take: the shared ones everything, that of a KMS instance cryptography alone. */
import type { Action } from "./actions/action";

/** Cryptographic, but for the shared gateways only (page "ReEncrypt"). */
const sharedOnly: ReadonlySet<string> = new Set(["ReEncrypt"]);

/** Whether the gateway takes calls of the action. */
export const isOffered = (action: Action, dedicated: boolean): boolean =>
  !dedicated || (action.cryptographic && !sharedOnly.has(action.name));
