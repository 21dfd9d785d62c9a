/** The access keys that may call the emulator, and what each may do. */
import { randomInt } from "node:crypto";
import { accountFault, isObject } from "./shape";
import { StartFault } from "./startFault";
import type { Records } from "./storage/records";

/** An access key; without `allow` it may do everything. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** The account whose it is; without one, the account that the emulator stands for. */
  readonly account?: string;
  /** What it may do: see permissions.ts. */
  readonly allow?: readonly string[];
}

const record = "access-keys";

/** All access keys, kept in the order in which they came. */
export class AccessKeys {
  private readonly byId: Map<string, AccessKey>;

  constructor(private readonly records: Records) {
    const found = records.get(record);
    // Only what was never written is empty: over a damaged record a new key that may do everything would be made.
    const stored: unknown = found === undefined ? [] : found;
    if (!Array.isArray(stored) || !stored.every(isAccessKey)) {
      throw new StartFault(`data folder: the record ${record} is damaged; restore it from a backup`);
    }
    this.byId = new Map(stored.map((accessKey) => [accessKey.id, accessKey]));
  }

  /** The access key with this ID. */
  find(id: string): AccessKey | undefined {
    return this.byId.get(id);
  }

  /** The first access key; one that may do everything is made where there is none. */
  first(): AccessKey {
    const [first] = this.byId.values();
    if (first !== undefined) return first;
    const made = { id: `LTAIEmulator${randomText(12)}`, secret: randomText(30) };
    this.addMissing([made]);
    return made;
  }

  /** Adds the keys whose IDs are new; the others stay as they are. */
  addMissing(accessKeys: readonly AccessKey[]): void {
    const added = accessKeys.filter(({ id }) => !this.byId.has(id));
    if (added.length === 0) return;
    this.records.put(record, [...this.byId.values(), ...added]);
    for (const accessKey of added) this.byId.set(accessKey.id, accessKey);
  }
}

function isAccessKey(stored: unknown): stored is AccessKey {
  if (!isObject(stored)) return false;
  const { id, secret, account, allow } = stored;
  return (
    typeof id === "string" &&
    typeof secret === "string" &&
    (account === undefined || (typeof account === "string" && accountFault(account) === undefined)) &&
    (allow === undefined || (Array.isArray(allow) && allow.every((entry) => typeof entry === "string")))
  );
}

function randomText(length: number): string {
  const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
}
