/** ListKeys: the keys that there are, oldest first (page "ListKeys"). */
import { arn } from "../keys/resourceName";
import type { Action } from "./action";
import { keyFilter } from "./keyFilters";
import { pageOf } from "./page";

export const listKeys: Action = {
  name: "ListKeys",
  cryptographic: false,
  run(call) {
    const keys = call.keys.all().filter(keyFilter(call.parameters.optional("Filters")));
    const { items, answer } = pageOf(keys, call.parameters, { least: 1, most: 100 });
    const Key = items.map(({ keyId }) => ({ KeyId: keyId, KeyArn: arn(call.location, `key/${keyId}`) }));
    return { ...answer, Keys: { Key } };
  },
};
