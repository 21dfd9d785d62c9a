/** GetKeyPolicy: the policy of a key of an instance (page "GetKeyPolicy"). */
import { defaultKeyPolicy } from "../keys/keyPolicy";
import type { Action } from "./action";
import { keyWithPolicy } from "./policyParameters";

export const getKeyPolicy: Action = {
  name: "GetKeyPolicy",
  cryptographic: false,
  run: (call) => ({ Policy: keyWithPolicy(call).policy ?? defaultKeyPolicy(call.location.account) }),
};
