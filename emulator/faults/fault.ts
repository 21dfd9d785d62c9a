/** Faults on demand: what can be made to go wrong with the next calls of an action. */
import { isObject, object, oneOf, required, text, wholeNumber, type Check } from "../shape";

/** What goes wrong. */
export type Fault =
  /** An error of the API instead of the call. */
  | { code: string; status: number; message?: string }
  /** This HTTP status and an empty body instead of the call. */
  | { status: number }
  /** The call is carried out this much later. */
  | { delayMs: number }
  /** The connection is cut: before the call is carried out, or after that and before its answer. */
  | { reset: "before" | "after" }
  /** The call is carried out; half of the answer arrives, or something that is not JSON. */
  | { body: "truncated" | "not json" }
  /** A redirect (302) to this URL instead of the call. */
  | { redirect: string };

/** A fault for the next calls of an action. */
export interface FaultOrder {
  action: string;
  /** How many calls it meets. */
  times: number;
  fault: Fault;
}

/** What an order must look like. */
export function faultOrderCheck(actionNames: readonly string[]): Check {
  return object(
    {
      action: required(oneOf(actionNames)),
      times: required(wholeNumber(1, 1_000_000)),
      fault: required(checkFault),
    },
    { outermost: true },
  );
}

const code = text((value) =>
  /^[A-Za-z][A-Za-z0-9.]{0,99}$/.test(value) ? undefined : "must be of letters, digits and dots",
);
const message = text((value) => (value.length <= 1000 ? undefined : "longer than 1000 characters"));
const url = text((value) => (isWebUrl(value) ? undefined : "must be an http or https URL"));

/** By the field that tells the kinds apart, in the order in which they are looked for. */
const kinds = new Map<string, Check>([
  ["code", object({ code, status: required(wholeNumber(400, 599)), message })],
  ["status", object({ status: wholeNumber(200, 599) })],
  ["delayMs", object({ delayMs: wholeNumber(1, 600_000) })],
  ["reset", object({ reset: oneOf(["before", "after"]) })],
  ["body", object({ body: oneOf(["truncated", "not json"]) })],
  ["redirect", object({ redirect: url })],
]);

function checkFault(value: unknown, path: string, faults: string[]): void {
  const [, check] = [...kinds].find(([name]) => isObject(value) && value[name] !== undefined) ?? [];
  if (check === undefined) faults.push(`${path}: must be an object with one of ${[...kinds.keys()].join(", ")}`);
  else check(value, path, faults);
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
