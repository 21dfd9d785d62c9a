/** ListAliasesByKeyId: the aliases of one key (page "ListAliasesByKeyId"). */
import type { Action } from "./action";
import { aliasPage } from "./aliasPage";

export const listAliasesByKeyId: Action = {
  name: "ListAliasesByKeyId",
  cryptographic: false,
  run: (call) => aliasPage(call, call.namedKey().keyId, 101),
};
