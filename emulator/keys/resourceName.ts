/** The names that KMS has for a key: its ID, an alias, or the ARN of either. */
import { errors } from "../errors";
import type { Key } from "./key";
import type { KeyStore } from "./keyStore";

/** Where the keys live: the middle of each ARN. */
export interface Location {
  readonly region: string;
  readonly account: string;
}

/** `acs:kms:<region>:<account>:<resource>`; the resource is `key/<id>` or `alias/<name>`. */
export const arn = (location: Location, resource: string): string =>
  `acs:kms:${location.region}:${location.account}:${resource}`;

/**
 * Finds the key that a KeyId parameter names. Another region or account has no keys here, and a caller of another
 * account must give the ARN: an ID or alias without one means a key of his own.
 */
export function findKey(name: string, location: Location, keys: KeyStore, callersAccount: string): Key {
  const prefix = arn(location, "");
  if (callersAccount !== location.account && !name.startsWith(prefix)) {
    throw name.startsWith("alias/") ? errors.aliasNotFound() : errors.keyNotFound();
  }
  const local = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  if (local.startsWith("alias/")) {
    const key = keys.byAlias(local);
    if (key === undefined) throw errors.aliasNotFound();
    return key;
  }
  const key = keys.byId(name.startsWith(`${prefix}key/`) ? local.slice("key/".length) : name);
  if (key === undefined) throw errors.keyNotFound();
  return key;
}
