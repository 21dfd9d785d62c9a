/**
 * What an access key may do. An entry is `kms:` and an action, which may end with `*`, and where it is for one key only
 * `@` and the key's ID: `kms:Decrypt`, `kms:Re*`, `kms:*`, `kms:ExportDataKey@key-…`.
 */
import { actionNames } from "./actionNames";
import { isKeyId, keyIdFormText } from "./keys/keyId";

/** ReEncrypt has a permission for each of its two keys (page "ReEncrypt"). An entry with its own name grants both. */
const permissionsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["ReEncrypt", ["ReEncryptFrom", "ReEncryptTo"]],
]);

const permissionNames = [...actionNames].flatMap((action) => permissionsOf.get(action) ?? [action]);

/** These concern no key that exists already, so an entry for one key does not allow them. */
const withoutKey: ReadonlySet<string> = new Set([
  "CreateKey",
  "DescribeRegions",
  "DescribeAccountKmsStatus",
  "ListAliases",
  "ListKeys",
  "ListKmsInstances",
  "OpenKmsService",
]);

interface Entry {
  /** The action, or how its name starts and a `*`. */
  readonly action: string;
  /** The one key that the entry is for. */
  readonly keyId: string | undefined;
}

/** What is wrong with an entry, or nothing. */
export function entryFault(text: string): string | undefined {
  const entry = parseEntry(text);
  if (entry === undefined) return "must be like kms:Decrypt, kms:* or kms:Decrypt@key-…";
  const matched = permissionNames.filter((name) => matches(entry, name));
  if (matched.length === 0) return "no action of KMS has this name";
  if (entry.keyId === undefined) return undefined;
  if (!isKeyId(entry.keyId)) return `what follows @ must be a key's ID: ${keyIdFormText}`;
  return matched.every((name) => withoutKey.has(name)) ? "this action concerns no key: leave out @…" : undefined;
}

/** What one access key may do with one action. */
export class Permission {
  private readonly entries: readonly Entry[] | undefined;

  /** Without a list everything is allowed. */
  constructor(
    allow: readonly string[] | undefined,
    private readonly action: string,
  ) {
    this.entries = allow?.flatMap((text) => parseEntry(text) ?? []);
  }

  /** Whether there can be a call of the action that is allowed: what is known before its key is. */
  allowsAny(): boolean {
    const names = permissionsOf.get(this.action) ?? [this.action];
    return names.every((name) =>
      this.someEntry((entry) => matches(entry, name) && (entry.keyId === undefined || !withoutKey.has(name))),
    );
  }

  /** Whether the call may use the key that the parameter names. */
  allows(keyId: string, parameter: string): boolean {
    const name = this.nameFor(parameter);
    return this.someEntry((entry) => matches(entry, name) && (entry.keyId === undefined || entry.keyId === keyId));
  }

  /** Whether the call may name every key there, and so learn which ones do not exist. */
  allowsEvery(parameter: string): boolean {
    const name = this.nameFor(parameter);
    return this.someEntry((entry) => matches(entry, name) && entry.keyId === undefined);
  }

  private nameFor(parameter: string): string {
    if (this.action !== "ReEncrypt") return this.action;
    return parameter === "DestinationKeyId" ? "ReEncryptTo" : "ReEncryptFrom";
  }

  private someEntry(fits: (entry: Entry) => boolean): boolean {
    return this.entries === undefined || this.entries.some(fits);
  }
}

function parseEntry(text: string): Entry | undefined {
  const found = /^kms:([A-Za-z]*\*|[A-Za-z]+)(?:@(.*))?$/s.exec(text);
  return found?.[1] === undefined ? undefined : { action: found[1], keyId: found[2] };
}

function matches({ action }: Entry, name: string): boolean {
  if (action.endsWith("*")) return name.startsWith(action.slice(0, -1));
  return name === action || permissionsOf.get(action)?.includes(name) === true;
}
