/** TagResources: puts the same tags on several keys (page "TagResources"). */
import { errors } from "../errors";
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { checkKeysMeant, numberedTags, resourceKeys, tagged } from "./tagParameters";

export const tagResources: Action = {
  name: "TagResources",
  cryptographic: false,
  run(call) {
    checkKeysMeant(call);
    const tags = numberedTags(call.parameters);
    if (tags.length === 0) throw errors.missingParameter("Tag.1.Key");
    const keys = resourceKeys(call);
    if (keys.length === 0) throw errors.missingParameter("ResourceId.1");
    // All are checked before the first is changed. A disk that fails half-way leaves some changed: call again.
    for (const key of keys.map((each) => tagged(changeable(each), tags))) call.keys.put(key);
    return {};
  },
};
