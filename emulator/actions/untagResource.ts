/** UntagResource: takes tags from one key (page "UntagResource"). */
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { checkOnlyKey, tagKeyList, untagged } from "./tagParameters";

export const untagResource: Action = {
  name: "UntagResource",
  cryptographic: false,
  run(call) {
    const tagKeys = tagKeyList(call.parameters.required("TagKeys"));
    checkOnlyKey(call);
    call.keys.put(untagged(changeable(call.namedKey()), tagKeys));
    return {};
  },
};
