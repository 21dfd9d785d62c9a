/** GenerateDataKeyWithoutPlaintext: a new data key, sealed only (page "GenerateDataKeyWithoutPlaintext"). */
import type { Action } from "./action";
import { newDataKey } from "./newDataKey";

export const generateDataKeyWithoutPlaintext: Action = {
  name: "GenerateDataKeyWithoutPlaintext",
  cryptographic: true,
  run: (call) => newDataKey(call, (answer) => answer),
};
