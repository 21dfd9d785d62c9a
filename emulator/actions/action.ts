/** What every action is. */
import type { Call } from "../call";

/** The fields of a successful answer, without RequestId. */
export type Answer = Record<string, unknown>;

/** One action of the API. */
export interface Action {
  /** Spelled as KMS spells it. */
  readonly name: string;
  /** Uses key material: counts against the account's calls per second, and answers DryRun. Changes nothing. */
  readonly cryptographic: boolean;
  run(call: Call): Answer | Promise<Answer>;
}
