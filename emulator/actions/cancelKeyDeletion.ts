/** CancelKeyDeletion: keeps a key that was to end (page "CancelKeyDeletion"). */
import { errors } from "../errors";
import type { Action } from "./action";

export const cancelKeyDeletion: Action = {
  name: "CancelKeyDeletion",
  cryptographic: false,
  run(call) {
    const key = call.namedKey();
    if (key.state !== "PendingDeletion") throw errors.stateModifiedFailed();
    // No key material can be imported here, so an external key has never had any.
    const state = key.origin === "EXTERNAL" ? "PendingImport" : "Enabled";
    call.keys.put({ ...key, state, deleteDate: undefined });
    return {};
  },
};
