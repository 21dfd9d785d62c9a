/** Decrypt: opens a ciphertext under the key version that it names (page "Decrypt"). */
import { errors } from "../errors";
import type { Action } from "./action";

export const decrypt: Action = {
  name: "Decrypt",
  cryptographic: true,
  run(call) {
    if (call.parameters.optional("Recipient") !== undefined) throw errors.unsupportedOperation();
    const { key, version, text } = call.openedBlob();
    try {
      return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, Plaintext: text.toString("latin1") };
    } finally {
      text.fill(0);
    }
  },
};
