/** Which key each alias stands for: one record, written as a whole. */
import { errors } from "../errors";
import { isObject } from "../shape";
import { StartFault } from "../startFault";
import type { Records } from "../storage/records";

const record = "aliases";

/** The aliases of one account in one region. */
export class AliasTable {
  private keyIds: ReadonlyMap<string, string>;

  constructor(
    private readonly records: Records,
    isKey: (keyId: string) => boolean,
  ) {
    const found = records.get(record);
    // Only what was never written is empty.
    const stored = found === undefined ? {} : found;
    if (!isAliasRecord(stored, isKey)) {
      throw new StartFault(`data folder: the record ${record} is damaged; restore it from a backup`);
    }
    this.keyIds = new Map(Object.entries(stored));
  }

  /** The ID of the key that the alias stands for. */
  keyIdOf(alias: string): string | undefined {
    return this.keyIds.get(alias);
  }

  /** Aliases and the IDs of their keys, sorted by alias. */
  list(): [alias: string, keyId: string][] {
    return [...this.keyIds].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Adds an alias. */
  add(alias: string, keyId: string): void {
    if (this.keyIds.has(alias)) throw errors.aliasAlreadyExists();
    this.keep([...this.keyIds, [alias, keyId]]);
  }

  /** Lets an alias stand for another key. */
  move(alias: string, keyId: string): void {
    if (!this.keyIds.has(alias)) throw errors.aliasNotFound();
    this.keep([...this.keyIds, [alias, keyId]]);
  }

  /** Takes an alias away. */
  remove(alias: string): void {
    if (!this.keyIds.has(alias)) throw errors.aliasNotFound();
    this.keep([...this.keyIds].filter(([name]) => name !== alias));
  }

  /** Takes all aliases of a key away. */
  removeOf(keyId: string): void {
    const others = [...this.keyIds].filter(([, other]) => other !== keyId);
    if (others.length < this.keyIds.size) this.keep(others);
  }

  /** On disk first. Of two entries for an alias the later one counts. */
  private keep(entries: [string, string][]): void {
    const next = new Map(entries);
    this.records.put(record, Object.fromEntries(next));
    this.keyIds = next;
  }
}

function isAliasRecord(stored: unknown, isKey: (keyId: string) => boolean): stored is Record<string, string> {
  return isObject(stored) && Object.values(stored).every((keyId) => typeof keyId === "string" && isKey(keyId));
}
