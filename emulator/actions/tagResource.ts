/** TagResource: puts tags on one key (page "TagResource"). */
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { checkOnlyKey, jsonTags, tagged } from "./tagParameters";

export const tagResource: Action = {
  name: "TagResource",
  cryptographic: false,
  run(call) {
    const tags = jsonTags(call.parameters.required("Tags"));
    checkOnlyKey(call);
    call.keys.put(tagged(changeable(call.namedKey()), tags));
    return {};
  },
};
