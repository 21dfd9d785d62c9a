/** EnableKey: lets a key be used again (page "EnableKey"). */
import { switchable } from "../keys/keyState";
import type { Action } from "./action";

export const enableKey: Action = {
  name: "EnableKey",
  cryptographic: false,
  run(call) {
    call.keys.put({ ...switchable(call.namedKey()), state: "Enabled" });
    return {};
  },
};
