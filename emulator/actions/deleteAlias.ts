/** DeleteAlias: takes a name from a key (page "DeleteAlias"). */
import type { Action } from "./action";
import { requiredAlias } from "./aliasName";

export const deleteAlias: Action = {
  name: "DeleteAlias",
  cryptographic: false,
  run(call) {
    const alias = requiredAlias(call.parameters);
    call.keyNamed(alias, "AliasName");
    call.keys.aliases.remove(alias);
    return {};
  },
};
