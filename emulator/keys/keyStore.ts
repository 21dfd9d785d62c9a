/**
 * All keys and aliases. A change is on disk before it is in memory, and in memory before it is answered.
 * Writes are synchronous: no other call can see, or act on, a change that is half made.
 */
import { errors } from "../errors";
import { StartFault } from "../startFault";
import type { Records } from "../storage/records";
import type { Key, KeyVersion } from "./key";
import { keyFromRecord, keyToRecord } from "./keyRecord";

/** The keys of one account in one region. */
export class KeyStore {
  private readonly keys = new Map<string, Key>();
  private readonly keyIdsByVersion = new Map<string, string>();
  private readonly keyIdsByAlias: Map<string, string>;

  constructor(private readonly records: Records) {
    for (const name of records.list("keys")) this.hold(keyFromRecord(name, records.get(name)));
    const aliases = Object.entries(records.get("aliases") ?? {}) as [string, string][];
    if (aliases.some(([, keyId]) => !this.keys.has(keyId))) {
      throw new StartFault("data folder: the record aliases is damaged; restore it from a backup");
    }
    this.keyIdsByAlias = new Map(aliases);
  }

  /** Keeps a new key. */
  add(key: Key): void {
    this.records.put(`keys/${key.keyId}`, keyToRecord(key));
    this.hold(key);
  }

  /** Gives a key one more alias. */
  addAlias(alias: string, keyId: string): void {
    if (this.keyIdsByAlias.has(alias)) throw errors.aliasAlreadyExists();
    this.records.put("aliases", Object.fromEntries([...this.keyIdsByAlias, [alias, keyId]]));
    this.keyIdsByAlias.set(alias, keyId);
  }

  /** The key with this ID. */
  byId(keyId: string): Key | undefined {
    return this.keys.get(keyId);
  }

  /** The key that the alias (`alias/…`) stands for. */
  byAlias(alias: string): Key | undefined {
    return this.keys.get(this.keyIdsByAlias.get(alias) ?? "");
  }

  /** The version with this ID, and its key. */
  byVersion(keyVersionId: string): { key: Key; version: KeyVersion } | undefined {
    const key = this.keys.get(this.keyIdsByVersion.get(keyVersionId) ?? "");
    const version = key?.versions.find((each) => each.keyVersionId === keyVersionId);
    return key && version && { key, version };
  }

  private hold(key: Key): void {
    this.keys.set(key.keyId, key);
    for (const { keyVersionId } of key.versions) this.keyIdsByVersion.set(keyVersionId, key.keyId);
  }
}
