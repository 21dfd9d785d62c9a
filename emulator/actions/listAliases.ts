/** ListAliases: every alias and the key that it stands for (page "ListAliases"). */
import type { Action } from "./action";
import { aliasPage } from "./aliasPage";

export const listAliases: Action = {
  name: "ListAliases",
  cryptographic: false,
  run: (call) => aliasPage(call, undefined, 100),
};
