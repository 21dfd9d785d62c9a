/** The table of actions: what is not here is not supported. */
import type { Action } from "./action";
import { createAlias } from "./createAlias";
import { createKey } from "./createKey";
import { decrypt } from "./decrypt";
import { describeKey } from "./describeKey";
import { exportDataKey } from "./exportDataKey";
import { generateDataKey } from "./generateDataKey";
import { generateDataKeyWithoutPlaintext } from "./generateDataKeyWithoutPlaintext";

/** Every action, by its name. */
export const actions: ReadonlyMap<string, Action> = new Map(
  [createAlias, createKey, decrypt, describeKey, exportDataKey, generateDataKey, generateDataKeyWithoutPlaintext].map(
    (action) => [action.name, action],
  ),
);
