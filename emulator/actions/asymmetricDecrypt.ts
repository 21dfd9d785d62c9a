/** AsymmetricDecrypt: opens what was encrypted under the public key of a key version (page "AsymmetricDecrypt"). */
import { errors } from "../errors";
import type { Action } from "./action";
import { algorithmFor, openedByPair } from "./keyPairCall";

export const asymmetricDecrypt: Action = {
  name: "AsymmetricDecrypt",
  cryptographic: true,
  run(call) {
    // As with Decrypt: an enclave asks so for what only it may read.
    if (call.parameters.optional("Recipient") !== undefined) throw errors.unsupportedOperation();
    const pair = call.keyPair();
    const plaintext = openedByPair(call, pair, algorithmFor(call, pair.key));
    try {
      const Plaintext = plaintext.toString("base64");
      return { KeyVersionId: pair.version.keyVersionId, KeyId: pair.key.keyId, Plaintext };
    } finally {
      plaintext.fill(0);
    }
  },
};
