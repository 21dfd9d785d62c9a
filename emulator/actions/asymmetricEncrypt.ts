/** AsymmetricEncrypt: encrypts a few bytes under the public key of a key version (page "AsymmetricEncrypt"). */
import { errors } from "../errors";
import { plaintextBytes } from "../plaintext";
import { encryptFor, mostBytes, publicKeyOf } from "../wrapping/encryptionAlgorithm";
import type { Action } from "./action";
import { algorithmFor } from "./keyPairCall";

export const asymmetricEncrypt: Action = {
  name: "AsymmetricEncrypt",
  cryptographic: true,
  run(call) {
    const plaintext = plaintextBytes(call.parameters);
    try {
      const { key, version } = call.keyPair();
      const algorithm = algorithmFor(call, key);
      const publicKey = publicKeyOf(key.keySpec, version.material);
      const most = mostBytes(algorithm, publicKey);
      if (plaintext.length > most) throw errors.invalidParameter("Plaintext", `longer than ${most} bytes`);
      const CiphertextBlob = encryptFor(algorithm, publicKey, plaintext).toString("base64");
      return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, CiphertextBlob };
    } finally {
      plaintext.fill(0);
    }
  },
};
