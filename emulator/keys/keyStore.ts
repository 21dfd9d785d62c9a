/**
 * All keys. A change is on disk before it is in memory, and in memory before it is answered.
 * Writes are synchronous: no other call can see, or act on, a change that is half made.
 * What time brings about (rotation, the end of a key) happens at the start and whenever a key is looked at.
 */
import type { Records } from "../storage/records";
import { AliasTable } from "./aliasTable";
import { withNewVersion, type Key, type KeyVersion } from "./key";
import { keyFromRecord, keyToRecord } from "./keyRecord";
import { isRotationDue } from "./rotation";

/** The keys of one account in one region. */
export class KeyStore {
  readonly aliases: AliasTable;
  private readonly keys = new Map<string, Key>();
  private readonly keyIdsByVersion = new Map<string, string>();

  constructor(
    private readonly records: Records,
    /** The time that keys live by. */
    readonly now: () => Date = () => new Date(),
  ) {
    for (const name of records.list("keys")) this.hold(keyFromRecord(name, records.get(name)));
    this.aliases = new AliasTable(records, (keyId) => this.keys.has(keyId));
    this.all();
  }

  /** Keeps a key, new or changed. */
  put(key: Key): void {
    this.records.put(`keys/${key.keyId}`, keyToRecord(key));
    this.hold(key);
  }

  /** All keys, oldest first. */
  all(): Key[] {
    return [...this.keys.values()]
      .map((key) => this.asOfNow(key))
      .filter((key) => key !== undefined)
      .sort((a, b) => compare(a.creationDate, b.creationDate) || compare(a.keyId, b.keyId));
  }

  /** The key with this ID. */
  byId(keyId: string): Key | undefined {
    const key = this.keys.get(keyId);
    return key && this.asOfNow(key);
  }

  /** The key that the alias (`alias/…`) stands for. */
  byAlias(alias: string): Key | undefined {
    return this.byId(this.aliases.keyIdOf(alias) ?? "");
  }

  /** The version with this ID, and its key. */
  byVersion(keyVersionId: string): { key: Key; version: KeyVersion } | undefined {
    const key = this.byId(this.keyIdsByVersion.get(keyVersionId) ?? "");
    const version = key?.versions.find((each) => each.keyVersionId === keyVersionId);
    return key && version && { key, version };
  }

  private asOfNow(key: Key): Key | undefined {
    const now = this.now();
    if (
      key.state === "PendingDeletion" &&
      key.deleteDate !== undefined &&
      Date.parse(key.deleteDate) <= now.getTime()
    ) {
      this.destroy(key);
      return undefined;
    }
    if (!isRotationDue(key, now)) return key;
    const rotated = withNewVersion(key, now);
    this.put(rotated);
    return rotated;
  }

  /** The aliases go first: one without a key would stop the next start. */
  private destroy(key: Key): void {
    this.aliases.removeOf(key.keyId);
    this.records.destroy(`keys/${key.keyId}`);
    this.keys.delete(key.keyId);
    for (const { keyVersionId, material } of key.versions) {
      this.keyIdsByVersion.delete(keyVersionId);
      material.fill(0);
    }
  }

  private hold(key: Key): void {
    this.keys.set(key.keyId, key);
    for (const { keyVersionId } of key.versions) this.keyIdsByVersion.set(keyVersionId, key.keyId);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
