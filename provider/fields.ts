/**
 * Field specs and what derives from them: check, diff, secret outputs.
 * What a field means to users is the doc comment of the same name in the resource's Args and State types.
 */
import { UNKNOWN, type CheckFailure, type Effect, type Inputs } from "./lifecycle";

/** One input of a resource. */
export interface Field {
  type: "string" | "integer" | "boolean" | "stringMap" | "object";
  /** What a change of it does. A field of an object names its own, and the object takes the strongest of them. */
  effect: Effect;
  required?: true;
  secret?: true;
  /** Check fills it in; a program must not. */
  filledByCheck?: true;
  /** For strings: the allowed ones. */
  values?: readonly string[];
  /** For integers: the allowed range, both ends included. */
  range?: readonly [number, number];
  /** For objects. */
  fields?: Record<string, Field>;
  /** Says what is wrong with a value of the right type, without repeating it. */
  fault?: (value: never) => string | undefined;
  /** Whether two values mean the same; the default compares them by their content. */
  same?: (before: never, after: never) => boolean;
}

/** What a host needs to know of a resource besides its verbs. */
export interface ResourceSpec {
  /** Pulumi's name of the type, such as `DataKey`. */
  type: string;
  inputs: Record<string, Field>;
  /** The outputs that are no inputs, in the order of the reference; `secret` ones are encrypted in the state. */
  outputs: Record<string, { secret?: true }>;
}

/** The names of everything that must be encrypted in the state. */
export function secretOutputs(spec: ResourceSpec): string[] {
  return Object.entries({ ...spec.inputs, ...spec.outputs })
    .filter(([, field]) => field.secret === true)
    .map(([name]) => name);
}

/** The inputs without the nulls that some programs give for what they leave out; inside maps they stay, as faults. */
export function withoutNulls(fields: Record<string, Field>, inputs: Inputs): Inputs {
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const inner = Object.hasOwn(fields, name) ? fields[name]?.fields : undefined;
      return [name, inner !== undefined && isMap(value) ? withoutNulls(inner, value) : value];
    }),
  );
}

/** Finds every fault of the inputs at once. Unknown values pass: they are checked when they are known. */
export function checkFields(fields: Record<string, Field>, inputs: Inputs, path = ""): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(fields, name)) {
      failures.push({ property: path + name, reason: `is not a property (allowed: ${givenNames(fields).join(", ")})` });
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    failures.push(...checkField(field, inputs[name], path + name));
  }
  return failures;
}

function givenNames(fields: Record<string, Field>): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.filledByCheck !== true);
}

function checkField(field: Field, value: unknown, property: string): CheckFailure[] {
  const failed = (reason: string) => [{ property, reason }];
  if (isAbsent(value)) return field.required === true ? failed("is missing, and is required") : [];
  if (field.filledByCheck === true) return failed("is filled in by the provider, and must not be given");
  if (value === UNKNOWN) return [];
  const reason = typeFault(field, value);
  if (reason !== undefined) return failed(reason);
  const inner = innerFailures(field, value, property);
  if (inner.length > 0 || holdsUnknown(value)) return inner;
  const fault = field.fault?.(value as never);
  return fault === undefined ? [] : failed(fault);
}

function typeFault(field: Field, value: unknown): string | undefined {
  switch (field.type) {
    case "string":
      if (typeof value !== "string") return `must be a string, and is ${typeName(value)}`;
      if (value === "") return "is empty";
      if (field.values !== undefined && !field.values.includes(value)) {
        return `is none of the allowed values: ${field.values.join(", ")}`;
      }
      return undefined;
    case "integer": {
      const [least, most] = field.range ?? [-Infinity, Infinity];
      const number = asInteger(value);
      const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
      if (number === undefined || number < least || number > most) {
        return `must be a whole number ${range}, and is ${number ?? (typeof value === "number" ? value : typeName(value))}`;
      }
      return undefined;
    }
    case "boolean":
      return asBoolean(value) === undefined ? `must be true or false, and is ${typeName(value)}` : undefined;
    case "stringMap":
      return isMap(value) ? undefined : `must be a map of strings, and is ${typeName(value)}`;
    case "object":
      return isMap(value) ? undefined : `must be an object, and is ${typeName(value)}`;
  }
}

function innerFailures(field: Field, value: unknown, property: string): CheckFailure[] {
  if (field.type === "object") return checkFields(field.fields ?? {}, value as Inputs, `${property}.`);
  if (field.type !== "stringMap") return [];
  return Object.entries(value as Inputs)
    .filter(([, item]) => typeof item !== "string")
    .map(([name, item]) => ({
      property: /^[A-Za-z0-9_-]+$/.test(name) ? `${property}.${name}` : `${property}[${JSON.stringify(name)}]`,
      reason: `must be a string, and is ${typeName(item)}`,
    }));
}

/** Finds the inputs that mean something else than the state's, and what that does. */
export function changedFields(fields: Record<string, Field>, state: Inputs, inputs: Inputs): Record<string, Effect> {
  const changes: Record<string, Effect> = {};
  for (const [name, field] of Object.entries(fields)) {
    const effect = changeOf(field, state[name], inputs[name]);
    if (effect !== undefined) changes[name] = effect;
  }
  return changes;
}

function changeOf(field: Field, before: unknown, after: unknown): Effect | undefined {
  if (field.type === "object" && after !== UNKNOWN) {
    const effects = Object.values(changedFields(field.fields ?? {}, asInputs(before), asInputs(after)));
    return effects.find((effect) => effect !== "updates") ?? effects[0];
  }
  return means(field, before, after) ? undefined : field.effect;
}

function means(field: Field, before: unknown, after: unknown): boolean {
  if (holdsUnknown(after)) return false;
  if (isEmpty(field, before) && isEmpty(field, after)) return true;
  if (isAbsent(before) || isAbsent(after)) return false;
  if (field.same !== undefined) return field.same(before as never, after as never);
  switch (field.type) {
    case "integer":
      return asInteger(before) === asInteger(after);
    case "boolean":
      return asBoolean(before) === asBoolean(after);
    case "stringMap":
      return sortedPairs(before) === sortedPairs(after);
    default:
      return before === after;
  }
}

/** A number, or the decimal text of one as configuration gives it. */
export function asInteger(value: unknown): number | undefined {
  if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return Number(value);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** A boolean, or the text of one as configuration gives it. */
export function asBoolean(value: unknown): boolean | undefined {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : undefined;
}

/** Whether a value, or anything in it, is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(holdsUnknown);
  return value === UNKNOWN;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** An absent map and an empty one mean the same, and so do an absent switch and one that is off. */
function isEmpty({ type }: Field, value: unknown): boolean {
  if (type === "boolean" && asBoolean(value) === false) return true;
  return isAbsent(value) || (isMap(value) && Object.keys(value).length === 0);
}

function isMap(value: unknown): value is Inputs {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asInputs(value: unknown): Inputs {
  return isMap(value) ? value : {};
}

function sortedPairs(value: unknown): string {
  return JSON.stringify(Object.entries(asInputs(value)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
