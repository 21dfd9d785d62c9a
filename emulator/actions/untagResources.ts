/** UntagResources: takes tags from several keys (page "UntagResources"). */
import { errors } from "../errors";
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { checkKeysMeant, resourceKeys, untagged } from "./tagParameters";

export const untagResources: Action = {
  name: "UntagResources",
  cryptographic: false,
  run(call) {
    const { parameters } = call;
    checkKeysMeant(call);
    const all = parameters.boolean("All");
    const tagKeys = [...parameters.numbered("TagKey").values()];
    if (tagKeys.length === 0 && !all) throw errors.missingParameter("TagKey.1");
    const keys = resourceKeys(call).map(changeable);
    if (keys.length === 0) throw errors.missingParameter("ResourceId.1");
    // All counts only where no key of a tag is given.
    const without = (tags: readonly { key: string }[]) => (tagKeys.length > 0 ? tagKeys : tags.map(({ key }) => key));
    // As in TagResources, nothing but a failing disk stops this half-way.
    for (const key of keys) call.keys.put(untagged(key, without(key.tags)));
    return {};
  },
};
