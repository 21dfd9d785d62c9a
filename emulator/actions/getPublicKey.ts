/** GetPublicKey: the public half of a key pair, as PEM (page "GetPublicKey"). */
import { publicKeyOf } from "../wrapping/encryptionAlgorithm";
import { publicKeyPem } from "../wrapping/publicKey";
import type { Action } from "./action";

export const getPublicKey: Action = {
  name: "GetPublicKey",
  cryptographic: true,
  run(call) {
    const { key, version } = call.keyPair();
    const PublicKey = publicKeyPem(publicKeyOf(key.keySpec, version.material));
    return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, PublicKey };
  },
};
