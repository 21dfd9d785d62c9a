/** A key as a record: the one place that knows how keys lie on disk. */
import { StartFault } from "../startFault";
import { isKeyId, isKeyVersionId } from "./keyId";
import { keySpecNames, keyStates, type Key, type KeyVersion } from "./key";

/** The key as a JSON value. */
export function keyToRecord(key: Key): unknown {
  return {
    ...key,
    versions: key.versions.map((version) => ({ ...version, material: version.material.toString("base64") })),
  };
}

/** The key of a JSON value; what is not one makes the start fail rather than a later call. */
export function keyFromRecord(name: string, record: unknown): Key {
  const stored = record as StoredKey;
  const sound =
    typeof record === "object" &&
    record !== null &&
    typeof stored.keyId === "string" &&
    isKeyId(stored.keyId) &&
    name.endsWith(`/${stored.keyId}`) &&
    keySpecNames.includes(stored.keySpec) &&
    keyStates.includes(stored.state) &&
    [stored.creationDate, stored.description, stored.protectionLevel].every((text) => typeof text === "string") &&
    Array.isArray(stored.versions) &&
    stored.versions.length > 0 &&
    stored.versions.every(
      (version) =>
        isKeyVersionId(version.keyVersionId) && typeof version.material === "string" && material(version).length === 32,
    );
  if (!sound) throw new StartFault(`data folder: the record ${name} is damaged; restore it from a backup`);
  return { ...stored, versions: stored.versions.map((version) => ({ ...version, material: material(version) })) };
}

type StoredVersion = Omit<KeyVersion, "material"> & { material: string };
type StoredKey = Omit<Key, "versions"> & { versions: StoredVersion[] };

const material = (version: StoredVersion): Buffer => Buffer.from(version.material, "base64");
