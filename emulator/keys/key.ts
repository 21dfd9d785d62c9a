/** A key of the emulated KMS, and how a new one is made. */
import { newKeyVersionId } from "./keyId";
import { keySpecs, type KeySpec } from "./keySpec";
import type { Tag } from "./tag";

/** The states of a key, spelled as in DescribeKey and in `Rejected.<state>`. */
export const keyStates = ["Enabled", "Disabled", "PendingDeletion", "PendingImport", "Unavailable"] as const;
export type KeyState = (typeof keyStates)[number];

/** Where a key's material comes from. */
export const keyOrigins = ["Aliyun_KMS", "EXTERNAL"] as const;
export type KeyOrigin = (typeof keyOrigins)[number];

/** One version: its material never leaves the emulator. */
export interface KeyVersion {
  readonly keyVersionId: string;
  readonly creationDate: string;
  readonly material: Buffer;
}

/** A key and all its versions, oldest first; the last one is the primary version. */
export interface Key {
  readonly keyId: string;
  readonly keySpec: KeySpec;
  readonly protectionLevel: string;
  readonly description: string;
  readonly state: KeyState;
  readonly origin: KeyOrigin;
  readonly creationDate: string;
  /** When a key that is pending deletion goes away. */
  readonly deleteDate?: string | undefined;
  /** The KMS instance that the key was made in. */
  readonly dkmsInstanceId?: string | undefined;
  /** How old a primary version gets before a new one is made; undefined where that never happens by itself. */
  readonly rotationSeconds?: number | undefined;
  /** Why the key must not be deleted; undefined where it may be. */
  readonly deletionProtection?: string | undefined;
  /** The key policy as it was given. It is kept, and nobody obeys it. */
  readonly policy?: string | undefined;
  readonly tags: readonly Tag[];
  readonly versions: readonly KeyVersion[];
}

/** What the maker of a key decides. */
export type NewKey = Omit<Key, "origin" | "creationDate" | "deleteDate" | "tags" | "versions"> &
  Partial<Pick<Key, "origin" | "tags">>;

/** Makes a key with its first version, of the given material or of new. */
export function makeKey(wanted: NewKey, now: Date, material = keySpecs[wanted.keySpec].newMaterial()): Key {
  const creationDate = isoSeconds(now);
  return {
    origin: originOf(wanted.state),
    tags: [],
    ...wanted,
    creationDate,
    deleteDate: wanted.state === "PendingDeletion" ? daysAfter(now, fewestPendingDays) : undefined,
    versions: [{ keyVersionId: newKeyVersionId(wanted.keyId), creationDate, material }],
  };
}

/** The key with one more version, which is the primary one from now on. */
export function withNewVersion(key: Key, now: Date, material = keySpecs[key.keySpec].newMaterial()): Key {
  const version = { keyVersionId: newKeyVersionId(key.keyId), creationDate: isoSeconds(now), material };
  return { ...key, versions: [...key.versions, version] };
}

/** The origin of a key of which only the state is known: nothing but an external key waits for its material. */
export const originOf = (state: KeyState): KeyOrigin => (state === "PendingImport" ? "EXTERNAL" : "Aliyun_KMS");

/** The version that new ciphertexts are made under. */
export function primaryVersion(key: Key): KeyVersion {
  const newest = key.versions.at(-1);
  if (newest === undefined) throw new Error("a key has at least one version");
  return newest;
}

/** Seconds, no fraction: the form of every date in the API. */
export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, "Z");

/** How long a key is pending deletion at least, and at most (page "ScheduleKeyDeletion"). */
export const fewestPendingDays = 7;
export const mostPendingDays = 366;

/** The date so many days later. */
export const daysAfter = (date: Date, days: number): string => isoSeconds(new Date(date.getTime() + days * 86_400_000));
