/** GenerateDataKey: a new data key, in plaintext and sealed (page "GenerateDataKey"). */
import type { Action } from "./action";
import { newDataKey } from "./newDataKey";

export const generateDataKey: Action = {
  name: "GenerateDataKey",
  cryptographic: true,
  run(call) {
    const { answer, plaintext } = newDataKey(call);
    const Plaintext = plaintext.toString("base64");
    plaintext.fill(0);
    return { ...answer, Plaintext };
  },
};
