/** ScheduleKeyDeletion: sets the day on which a key ends (page "ScheduleKeyDeletion"). */
import { errors } from "../errors";
import { daysAfter, fewestPendingDays, mostPendingDays } from "../keys/key";
import type { Action } from "./action";

export const scheduleKeyDeletion: Action = {
  name: "ScheduleKeyDeletion",
  cryptographic: false,
  run(call) {
    const days = call.parameters.integer("PendingWindowInDays", fewestPendingDays, mostPendingDays);
    if (days === undefined) throw errors.missingParameter("PendingWindowInDays");
    const key = call.namedKey();
    if (key.state === "PendingDeletion" || key.deletionProtection !== undefined) throw errors.stateModifiedFailed();
    call.keys.put({ ...key, state: "PendingDeletion", deleteDate: daysAfter(call.keys.now(), days) });
    return {};
  },
};
