/** The seed: access keys and keys that an emulator starts with. */
import { descriptionFault } from "./actions/description";
import { isAlias, aliasFormText } from "./keys/alias";
import { isKeyId, keyIdFormText, keyIdFromName } from "./keys/keyId";
import { keyStates, makeKey, type KeyState } from "./keys/key";
import { keySpecNames, type KeySpec } from "./keys/keySpec";
import type { AccessKey, AccessKeys } from "./accessKeys";
import type { KeyStore } from "./keys/keyStore";
import { entryFault } from "./permissions";
import { accountFault, faultsOf, listOf, object, oneOf, required, text, type Check } from "./shape";
import { StartFault } from "./startFault";

/** A key of a seed. Without a `keyId` it has one that follows from its first alias, or from its place. */
export interface SeedKey {
  keyId?: string;
  keySpec?: KeySpec;
  description?: string;
  aliases?: string[];
  state?: KeyState;
}

/** What a seed file holds. */
export interface Seed {
  accessKeys?: AccessKey[];
  keys?: SeedKey[];
}

/** Checks a seed, from a file or from a program; tells all its faults at once, and never a secret. */
export function checkSeed(value: unknown): Seed {
  const faults = faultsOf(seedCheck(), value, "seed");
  if (faults.length > 0) throw new StartFault(faults.join("; "));
  return value as Seed;
}

/** A new one for each seed: it remembers which names occurred. */
function seedCheck(): Check {
  const seen = new Set<string>();
  const unique = (kind: string, value: string) => {
    const first = !seen.has(`${kind} ${value}`);
    seen.add(`${kind} ${value}`);
    return first ? undefined : "occurs twice";
  };
  const accessKey = object({
    id: required(text((id) => (id === "" ? "must not be empty" : unique("access key", id)))),
    secret: required(text((secret) => (secret === "" ? "must not be empty" : undefined))),
    account: text(accountFault),
    allow: listOf(text(entryFault)),
  });
  const key = object({
    keyId: text((keyId) => (isKeyId(keyId) ? unique("key", keyId) : `must be ${keyIdFormText}`)),
    keySpec: oneOf(keySpecNames),
    description: text(descriptionFault),
    aliases: listOf(text((alias) => (isAlias(alias) ? unique("alias", alias) : `must be ${aliasFormText}`))),
    state: oneOf(keyStates),
  });
  return object({ accessKeys: listOf(required(accessKey)), keys: listOf(required(key)) }, { outermost: true });
}

/** Adds what is not there yet. What is there stays as it is, whatever the seed says. */
export function applySeed(seed: Seed, accessKeys: AccessKeys, keys: KeyStore): void {
  accessKeys.addMissing(seed.accessKeys ?? []);
  (seed.keys ?? []).forEach((wanted, index) => {
    const aliases = wanted.aliases ?? [];
    const keyId = wanted.keyId ?? keyIdFromName(aliases[0] ?? `seed key ${index}`);
    if (keys.byId(keyId) === undefined) {
      const { keySpec = "Aliyun_AES_256", description = "", state = "Enabled" } = wanted;
      keys.put(makeKey({ keyId, keySpec, description, state, protectionLevel: "SOFTWARE" }, keys.now()));
    }
    for (const alias of aliases) {
      if (keys.byAlias(alias) === undefined) keys.aliases.add(alias, keyId);
    }
  });
}
