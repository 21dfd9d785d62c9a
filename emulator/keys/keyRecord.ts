/** A key as a record: the one place that knows how keys lie on disk. */
import { StartFault } from "../startFault";
import { isKeyId, isKeyVersionId } from "./keyId";
import { keyOrigins, keyStates, originOf, type Key, type KeyVersion } from "./key";
import { keySpecNames, keySpecs } from "./keySpec";
import { rotationSeconds } from "./rotation";
import type { Tag } from "./tag";

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
    [stored.description, stored.protectionLevel].every((text) => typeof text === "string") &&
    isDate(stored.creationDate) &&
    (stored.deleteDate === undefined || isDate(stored.deleteDate)) &&
    (stored.origin === undefined || keyOrigins.includes(stored.origin)) &&
    [stored.dkmsInstanceId, stored.deletionProtection, stored.policy].every(
      (text) => text === undefined || typeof text === "string",
    ) &&
    (stored.rotationSeconds === undefined || rotationSeconds(`${stored.rotationSeconds}s`) !== undefined) &&
    (stored.tags === undefined || isTagList(stored.tags)) &&
    Array.isArray(stored.versions) &&
    stored.versions.length > 0 &&
    stored.versions.every(
      (version: StoredVersion | null) =>
        version !== null &&
        isKeyVersionId(version.keyVersionId) &&
        isDate(version.creationDate) &&
        typeof version.material === "string" &&
        keySpecs[stored.keySpec].isSound(material(version)),
    );
  if (!sound) throw new StartFault(`data folder: the record ${name} is damaged; restore it from a backup`);
  return {
    origin: originOf(stored.state),
    tags: [],
    ...stored,
    versions: stored.versions.map((version) => ({ ...version, material: material(version) })),
  };
}

type StoredVersion = Omit<KeyVersion, "material"> & { material: string };
/** The first emulators wrote neither origin nor tags. */
type StoredKey = Omit<Key, "origin" | "tags" | "versions"> &
  Partial<Pick<Key, "origin" | "tags">> & { versions: StoredVersion[] };

const isDate = (text: unknown): boolean => typeof text === "string" && !Number.isNaN(Date.parse(text));

const isTagList = (tags: unknown): boolean =>
  Array.isArray(tags) &&
  tags.every((tag: Partial<Tag> | null) => typeof tag?.key === "string" && typeof tag.value === "string");

const material = (version: StoredVersion): Buffer => Buffer.from(version.material, "base64");
