/** Encrypt: encrypts up to 6 KB under the primary version of a symmetric key (page "Encrypt"). */
import { sealBlob } from "../ciphertextBlob";
import { primaryVersion } from "../keys/key";
import { plaintextText } from "../plaintext";
import type { Action } from "./action";

export const encrypt: Action = {
  name: "Encrypt",
  cryptographic: true,
  run(call) {
    const text = plaintextText(call.parameters);
    try {
      const context = call.encryptionContext();
      const key = call.symmetricKey();
      const CiphertextBlob = sealBlob(key, text, context);
      return { KeyVersionId: primaryVersion(key).keyVersionId, KeyId: key.keyId, CiphertextBlob };
    } finally {
      text.fill(0);
    }
  },
};
