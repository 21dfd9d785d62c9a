/** Which region and account a set of records belongs to, and in which format it is. */
import type { Location } from "../keys/resourceName";
import { StartFault } from "../startFault";
import type { Records } from "./records";

const format = 1;

/** Marks new records; refuses those of another region or account, where every ARN would change its meaning. */
export function claimRecords(records: Records, location: Location): void {
  const found = records.get("store") as { format?: unknown; region?: unknown; account?: unknown } | undefined;
  if (found === undefined) return records.put("store", { format, ...location });
  if (found.format !== format) throw new StartFault("data folder: another version of the emulator wrote it");
  if (found.region !== location.region || found.account !== location.account) {
    throw new StartFault(
      `data folder: it belongs to region ${String(found.region)}, account ${String(found.account)}; ` +
        "start with these, or give another folder",
    );
  }
}
