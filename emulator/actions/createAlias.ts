/** CreateAlias: gives a key another name (page "CreateAlias"). */
import { errors } from "../errors";
import { aliasFormText, isAlias } from "../keys/alias";
import type { Action } from "./action";

export const createAlias: Action = {
  name: "CreateAlias",
  cryptographic: false,
  run(call) {
    const alias = call.parameters.required("AliasName");
    if (!isAlias(alias)) throw errors.invalidParameter("AliasName", `must be ${aliasFormText}`);
    const key = call.namedKey();
    if (key.state === "PendingDeletion") throw errors.stateModifiedFailed();
    call.keys.addAlias(alias, key.keyId);
    return {};
  },
};
