/** UpdateAlias: lets an alias stand for another key (page "UpdateAlias"). */
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { requiredAlias } from "./aliasName";

export const updateAlias: Action = {
  name: "UpdateAlias",
  cryptographic: false,
  run(call) {
    const alias = requiredAlias(call.parameters);
    // The key that loses its name must be the caller's to use, too; its state does not matter.
    call.keyNamed(alias, "AliasName");
    call.keys.aliases.move(alias, changeable(call.namedKey()).keyId);
    return {};
  },
};
