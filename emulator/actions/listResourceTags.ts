/** ListResourceTags: the tags of one key (page "ListResourceTags"). */
import type { Action } from "./action";

export const listResourceTags: Action = {
  name: "ListResourceTags",
  cryptographic: false,
  run(call) {
    const { keyId, tags } = call.namedKey();
    return { Tags: { Tag: tags.map(({ key, value }) => ({ KeyId: keyId, TagKey: key, TagValue: value })) } };
  },
};
