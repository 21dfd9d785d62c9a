/** GenerateDataKey: a new data key, in plaintext and sealed (page "GenerateDataKey"). */
import type { Action } from "./action";
import { newDataKey } from "./newDataKey";

export const generateDataKey: Action = {
  name: "GenerateDataKey",
  cryptographic: true,
  run: (call) => newDataKey(call, (answer, dataKey) => ({ ...answer, Plaintext: dataKey.toString("base64") })),
};
