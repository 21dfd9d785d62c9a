/** A key of the emulated KMS, and how a new one is made. */
import { randomBytes } from "node:crypto";
import { newKeyVersionId } from "./keyId";

/** The states of a key, spelled as in DescribeKey and in `Rejected.<state>`. */
export const keyStates = ["Enabled", "Disabled", "PendingDeletion", "PendingImport", "Unavailable"] as const;
export type KeyState = (typeof keyStates)[number];

/** The key specs that can be made, each with its usage and the making of one version's material. */
export const keySpecs = {
  Aliyun_AES_256: { usage: "ENCRYPT/DECRYPT", newMaterial: (): Buffer => randomBytes(32) },
} as const;
export type KeySpec = keyof typeof keySpecs;
export const keySpecNames = Object.keys(keySpecs) as KeySpec[];

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
  readonly creationDate: string;
  /** When a key that is pending deletion goes away. */
  readonly deleteDate?: string;
  readonly versions: readonly KeyVersion[];
}

/** What the maker of a key decides. */
export interface NewKey {
  readonly keyId: string;
  readonly keySpec: KeySpec;
  readonly protectionLevel: string;
  readonly description: string;
  readonly state: KeyState;
}

/** Makes a key with its first version. */
export function makeKey(wanted: NewKey): Key {
  const creationDate = isoSeconds(new Date());
  const material = keySpecs[wanted.keySpec].newMaterial();
  return {
    ...wanted,
    creationDate,
    ...(wanted.state === "PendingDeletion" ? { deleteDate: isoSeconds(new Date(Date.now() + pendingWindowMs)) } : {}),
    versions: [{ keyVersionId: newKeyVersionId(wanted.keyId), creationDate, material }],
  };
}

/** The version that new ciphertexts are made under. */
export function primaryVersion(key: Key): KeyVersion {
  const newest = key.versions.at(-1);
  if (newest === undefined) throw new Error("a key has at least one version");
  return newest;
}

/** Seconds, no fraction: the form of every date in the API. */
export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, "Z");

const pendingWindowMs = 7 * 24 * 60 * 60 * 1000;
