/** DisableKey: keeps a key from being used (page "DisableKey"). */
import { switchable } from "../keys/keyState";
import type { Action } from "./action";

export const disableKey: Action = {
  name: "DisableKey",
  cryptographic: false,
  run(call) {
    call.keys.put({ ...switchable(call.namedKey()), state: "Disabled" });
    return {};
  },
};
