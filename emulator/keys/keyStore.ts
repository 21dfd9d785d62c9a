/**
 * All keys. A change is on disk before it is in memory, and in memory before it is answered.
 * Writes are synchronous: no other call can see, or act on, a change that is half made.
 * What time brings about (rotation, the end of a key) happens at the start and whenever a key is looked at. Where the
 * disk does not let it happen, the key is looked at as it is, and the next look tries again: reads need no disk.
 */
import { StartFault } from "../startFault";
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
  /** The keys that are gone, but whose records still have to be destroyed. */
  private readonly remains = new Set<string>();
  /** The keys of which it was told that what is due cannot be written. */
  private readonly overdue = new Set<string>();

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
    // In place of what remained of another key with this ID.
    this.remains.delete(key.keyId);
    this.hold(key);
  }

  /** All keys, oldest first. */
  all(): Key[] {
    this.destroyRemains();
    return [...this.keys.values()]
      .map((key) => this.asOfNow(key))
      .filter((key) => key !== undefined)
      .sort((a, b) => compare(a.creationDate, b.creationDate) || compare(a.keyId, b.keyId));
  }

  /** The key with this ID. */
  byId(keyId: string): Key | undefined {
    this.destroyRemains();
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
    if (isOver(key, now)) this.tryDue(key.keyId, () => this.end(key));
    else if (isRotationDue(key, now)) this.tryDue(key.keyId, () => this.put(withNewVersion(key, now)));
    return this.keys.get(key.keyId);
  }

  /** The aliases go first: one without a key would stop the next start. */
  private end(key: Key): void {
    this.aliases.removeOf(key.keyId);
    this.keys.delete(key.keyId);
    for (const { keyVersionId, material } of key.versions) {
      this.keyIdsByVersion.delete(keyVersionId);
      material.fill(0);
    }
    this.remains.add(key.keyId);
    this.destroyRemains();
  }

  private destroyRemains(): void {
    for (const keyId of this.remains) {
      this.tryDue(keyId, () => {
        this.records.destroy(`keys/${keyId}`);
        this.remains.delete(keyId);
      });
    }
  }

  /** Tells of a failure once, however often it is tried again. */
  private tryDue(keyId: string, change: () => void): void {
    try {
      change();
      if (!this.remains.has(keyId)) this.overdue.delete(keyId);
    } catch (error) {
      if (!(error instanceof StartFault)) throw error; // Not the disk's.
      if (!this.overdue.has(keyId)) {
        process.stderr.write(`alicloud-kms-emulator: ${keyId}: rotation or deletion is overdue: ${error.message}\n`);
      }
      this.overdue.add(keyId);
    }
  }

  private hold(key: Key): void {
    this.keys.set(key.keyId, key);
    for (const { keyVersionId } of key.versions) this.keyIdsByVersion.set(keyVersionId, key.keyId);
  }
}

const isOver = ({ state, deleteDate }: Key, now: Date): boolean =>
  state === "PendingDeletion" && deleteDate !== undefined && Date.parse(deleteDate) <= now.getTime();

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
