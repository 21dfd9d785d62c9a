/** UpdateKeyDescription: says something else about a key, or nothing (page "UpdateKeyDescription"). */
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { optionalDescription } from "./description";

export const updateKeyDescription: Action = {
  name: "UpdateKeyDescription",
  cryptographic: false,
  run(call) {
    // Terraform takes a description away by leaving the parameter out.
    const description = optionalDescription(call.parameters, "Description");
    call.keys.put({ ...changeable(call.namedKey()), description });
    return {};
  },
};
