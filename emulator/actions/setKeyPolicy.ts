/** SetKeyPolicy: keeps a policy for a key of an instance, and does not enforce it (page "SetKeyPolicy"). */
import { errors } from "../errors";
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { keyWithPolicy, optionalPolicy } from "./policyParameters";

export const setKeyPolicy: Action = {
  name: "SetKeyPolicy",
  cryptographic: false,
  run(call) {
    const policy = optionalPolicy(call.parameters);
    if (policy === undefined) throw errors.missingParameter("Policy");
    call.keys.put({ ...changeable(keyWithPolicy(call)), policy });
    return {};
  },
};
