/** Which region and account a set of records belongs to, and in which format it is. */
import type { Location } from "../keys/resourceName";
import { accountFault, isObject, regionFault } from "../shape";
import { StartFault } from "../startFault";
import type { Records } from "./records";

const format = 1;

/** Refuses a region or an account that can be none, by the name of its flag. What is not given is right. */
export function checkLocation({ region, account }: { [name in keyof Location]: string | undefined }): void {
  const wrongRegion = region === undefined ? undefined : regionFault(region);
  if (wrongRegion !== undefined) throw new StartFault(`--region: ${wrongRegion}`);
  const wrongAccount = account === undefined ? undefined : accountFault(account);
  if (wrongAccount !== undefined) throw new StartFault(`--account: ${wrongAccount}`);
}

/** Marks new records; refuses those of another region or account, where every ARN would change its meaning. */
export function claimRecords(records: Records, location: Location): void {
  const found = records.get("store");
  if (found === undefined) return records.put("store", { format, ...location });
  if (!isObject(found)) throw new StartFault("data folder: the record store is damaged; restore it from a backup");
  if (found.format !== format) throw new StartFault("data folder: another version of the emulator wrote it");
  if (found.region !== location.region || found.account !== location.account) {
    throw new StartFault(
      `data folder: it belongs to region ${String(found.region)}, account ${String(found.account)}; ` +
        "start with these, or give another folder",
    );
  }
}
