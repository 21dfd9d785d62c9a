/** Checks values that people write as JSON: a seed, a fault. Tells all faults at once, each with its place. */

/** Adds what is wrong with the value at this path; a field that is absent is right unless it is `required`. */
export type Check = (value: unknown, path: string, faults: string[]) => void;

/** Everything that is wrong with the value; an empty list where nothing is. */
export function faultsOf(check: Check, value: unknown, path: string): string[] {
  const faults: string[] = [];
  check(value, path, faults);
  return faults;
}

/** An object with these fields and no others. Paths start at the fields of the outermost object. */
export function object(fields: Readonly<Record<string, Check>>, { outermost = false } = {}): Check {
  return (value, path, faults) => {
    if (value === undefined) return;
    if (!isObject(value)) {
      faults.push(`${path}: must be an object`);
      return;
    }
    const names = Object.keys(fields);
    for (const name of Object.keys(value)) {
      if (names.includes(name)) continue;
      faults.push(`${path}: unknown field ${JSON.stringify(name)}; known: ${names.join(", ")}`);
    }
    for (const name of names) fields[name]?.(value[name], outermost ? name : `${path}.${name}`, faults);
  };
}

/** A list of such items. */
export function listOf(item: Check): Check {
  return (list, path, faults) => {
    if (list === undefined) return;
    if (!Array.isArray(list)) faults.push(`${path}: must be a list`);
    else list.forEach((each, index) => item(each, `${path}[${index}]`, faults));
  };
}

/** A text; the function tells what is wrong with it. */
export function text(fault: (text: string) => string | undefined): Check {
  return (value, path, faults) => {
    if (value === undefined) return;
    const found = typeof value === "string" ? fault(value) : "must be a string";
    if (found !== undefined) faults.push(`${path}: ${found}`);
  };
}

/** One of these texts. */
export const oneOf = (allowed: readonly string[]): Check =>
  text((value) => (allowed.includes(value) ? undefined : `must be one of ${allowed.join(", ")}`));

/** A whole number within the bounds. */
export function wholeNumber(least: number, most: number): Check {
  return (value, path, faults) => {
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return;
    faults.push(`${path}: must be a whole number from ${least} to ${most}`);
  };
}

/** What must be there. */
export function required(check: Check): Check {
  return (value, path, faults) => {
    if (value === undefined) faults.push(`${path}: is needed`);
    else check(value, path, faults);
  };
}

/** What is wrong with the ID of an account, or nothing; the same for a flag, a seed, a program and a record. */
export const accountFault = (account: string): string | undefined =>
  /^\d{1,32}$/.test(account) ? undefined : "must be digits";

/** What is wrong with the name of a region, or nothing. */
export const regionFault = (region: string): string | undefined =>
  /^[a-z0-9-]{1,64}$/.test(region) ? undefined : "must be of a-z, 0-9 and -, such as cn-hangzhou";

/** Whether the value is an object, and no list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
