/** CreateAlias: gives a key another name (page "CreateAlias"). */
import { errors } from "../errors";
import type { Action } from "./action";
import { requiredAlias } from "./aliasName";

export const createAlias: Action = {
  name: "CreateAlias",
  cryptographic: false,
  run(call) {
    const alias = requiredAlias(call.parameters);
    const key = call.namedKey();
    if (key.state === "PendingDeletion") throw errors.stateModifiedFailed();
    call.keys.aliases.add(alias, key.keyId);
    return {};
  },
};
