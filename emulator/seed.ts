/** The seed: access keys and keys that an emulator starts with. */
import { isAlias, aliasFormText } from "./keys/alias";
import { isKeyId, keyIdFormText, keyIdFromName } from "./keys/keyId";
import { keySpecNames, keyStates, makeKey, type KeySpec, type KeyState } from "./keys/key";
import type { AccessKey, AccessKeys } from "./accessKeys";
import type { KeyStore } from "./keys/keyStore";
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
export function checkSeed(value: unknown, actionNames: readonly string[]): Seed {
  const faults: string[] = [];
  const permissions = actionNames.map((name) => `kms:${name}`);
  const seen = new Set<string>();
  const unique = (kind: string) => (text: string) => {
    const first = !seen.has(`${kind} ${text}`);
    seen.add(`${kind} ${text}`);
    return first ? undefined : "occurs twice";
  };

  checkObject(value, "seed", faults, {
    accessKeys: listOf((item, path) =>
      checkObject(item, path, faults, {
        id: [required, textThat((id) => (id === "" ? "must not be empty" : unique("access key")(id)))],
        secret: [required, textThat((secret) => (secret === "" ? "must not be empty" : undefined))],
        allow: listOf(textThat((name) => oneOf(name, permissions))),
      }),
    ),
    keys: listOf((item, path) =>
      checkObject(item, path, faults, {
        keyId: [textThat((keyId) => (isKeyId(keyId) ? unique("key")(keyId) : `must be ${keyIdFormText}`))],
        keySpec: [textThat((name) => oneOf(name, keySpecNames))],
        description: [textThat((text) => (text.length > 8192 ? "longer than 8192 characters" : undefined))],
        aliases: listOf(textThat((name) => (isAlias(name) ? unique("alias")(name) : `must be ${aliasFormText}`))),
        state: [textThat((name) => oneOf(name, keyStates))],
      }),
    ),
  });
  if (faults.length > 0) throw new StartFault(faults.join("; "));
  return value as Seed;

  function listOf(check: Check): Check[] {
    return [
      (list, path) => {
        if (list === undefined) return;
        if (!Array.isArray(list)) faults.push(`${path}: must be a list`);
        else list.forEach((item, index) => check(item, `${path}[${index}]`));
      },
    ];
  }
  function textThat(fault: (text: string) => string | undefined): Check {
    return (text, path) => {
      if (text === undefined) return;
      const found = typeof text === "string" ? fault(text) : "must be a string";
      if (found !== undefined) faults.push(`${path}: ${found}`);
    };
  }
  function required(item: unknown, path: string): void {
    if (item === undefined) faults.push(`${path}: is needed`);
  }
}

/** Adds what is not there yet. What is there stays as it is, whatever the seed says. */
export function applySeed(seed: Seed, accessKeys: AccessKeys, keys: KeyStore): void {
  accessKeys.addMissing(seed.accessKeys ?? []);
  (seed.keys ?? []).forEach((wanted, index) => {
    const aliases = wanted.aliases ?? [];
    const keyId = wanted.keyId ?? keyIdFromName(aliases[0] ?? `seed key ${index}`);
    if (keys.byId(keyId) === undefined) {
      const { keySpec = "Aliyun_AES_256", description = "", state = "Enabled" } = wanted;
      keys.add(makeKey({ keyId, keySpec, description, state, protectionLevel: "SOFTWARE" }));
    }
    for (const alias of aliases) {
      if (keys.byAlias(alias) === undefined) keys.addAlias(alias, keyId);
    }
  });
}

type Check = (value: unknown, path: string) => void;

function checkObject(value: unknown, path: string, faults: string[], fields: Record<string, Check[]>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    faults.push(`${path}: must be an object`);
    return;
  }
  const names = Object.keys(fields);
  for (const name of Object.keys(value)) {
    if (!names.includes(name))
      faults.push(`${path}: unknown field ${JSON.stringify(name)}; known: ${names.join(", ")}`);
  }
  for (const name of names) {
    const inner = path === "seed" ? name : `${path}.${name}`;
    for (const check of fields[name] ?? []) check((value as Record<string, unknown>)[name], inner);
  }
}

const oneOf = (name: string, allowed: readonly string[]): string | undefined =>
  allowed.includes(name) ? undefined : `must be one of ${allowed.join(", ")}`;
