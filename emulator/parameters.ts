/** The parameters of one call, read by name and checked as they are read. */
import { errors } from "./errors";

/** An empty value counts as absent: older SDKs send every parameter, set or not (`RegionId=`). */
export class Parameters {
  constructor(private readonly values: ReadonlyMap<string, string>) {}

  /** The value, or undefined where there is none. */
  optional(name: string): string | undefined {
    const value = this.values.get(name);
    return value === "" ? undefined : value;
  }

  /** The value; MissingParameter where there is none. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw errors.missingParameter(name);
    return value;
  }

  /** One of the given values, or undefined where there is none. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw errors.invalidParameter(name, `must be ${allowed.join(" or ")}`);
    return found;
  }

  /** One of the given values; MissingParameter where there is none. */
  requiredOneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.oneOf(name, allowed);
    if (value === undefined) throw errors.missingParameter(name);
    return value;
  }

  /** A whole number within the bounds, or undefined where there is none. */
  integer(name: string, least: number, most: number): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    const number = /^(?:0|[1-9]\d{0,8})$/.test(value) ? Number(value) : NaN;
    if (!(number >= least && number <= most)) {
      throw errors.invalidParameter(name, `must be a whole number from ${least} to ${most}`);
    }
    return number;
  }

  /** `true` or `false`; false where there is none. */
  boolean(name: string): boolean {
    return this.oneOf(name, ["true", "false"]) === "true";
  }

  /** The values of a list (`ResourceId.1`, or `Tag.1.Key` with the suffix `.Key`) by their numbers, in order. */
  numbered(prefix: string, suffix = ""): ReadonlyMap<number, string> {
    const found: [number, string][] = [];
    for (const [name, value] of this.values) {
      if (value === "" || !name.startsWith(`${prefix}.`) || !name.endsWith(suffix)) continue;
      const number = name.slice(prefix.length + 1, name.length - suffix.length);
      if (/^[1-9]\d{0,3}$/.test(number)) found.push([Number(number), value]);
    }
    return new Map(found.sort(([a], [b]) => a - b));
  }

  /** Whether any parameter's name starts so. */
  hasPrefix(prefix: string): boolean {
    return [...this.values.keys()].some((name) => name.startsWith(prefix));
  }
}
