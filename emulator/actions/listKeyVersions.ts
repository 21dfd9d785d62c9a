/** ListKeyVersions: all versions of a key, oldest first (page "ListKeyVersions"). */
import type { Action } from "./action";
import { keyVersionAnswer } from "./keyVersion";
import { pageOf } from "./page";

export const listKeyVersions: Action = {
  name: "ListKeyVersions",
  cryptographic: false,
  run(call) {
    const key = call.namedKey();
    const { items, answer } = pageOf(key.versions, call.parameters, { least: 1, most: 100 });
    return { ...answer, KeyVersions: { KeyVersion: items.map((version) => keyVersionAnswer(key, version)) } };
  },
};
