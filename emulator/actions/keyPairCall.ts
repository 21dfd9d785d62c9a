/** What the actions on key pairs share. */
import type { Call, VersionOfKey } from "../call";
import { decodeBase64 } from "../base64";
import { errors } from "../errors";
import type { Key } from "../keys/key";
import { algorithmsOf, decryptWith, type EncryptionAlgorithm } from "../wrapping/encryptionAlgorithm";

/** The algorithm that the parameter names, if the key can be used with it. */
export const algorithmFor = (call: Call, key: Key, parameter = "Algorithm"): EncryptionAlgorithm =>
  call.parameters.requiredOneOf(parameter, algorithmsOf(key.keySpec));

/** Opens the CiphertextBlob parameter with the private key of a version. The caller clears the plaintext. */
export function openedByPair(call: Call, { key, version }: VersionOfKey, algorithm: EncryptionAlgorithm): Buffer {
  const ciphertext = decodeBase64(call.parameters.required("CiphertextBlob"));
  const plaintext = ciphertext && decryptWith(algorithm, version.material, ciphertext);
  if (plaintext === undefined)
    throw errors.invalidParameter("CiphertextBlob", `does not open under this ${key.keySpec}`);
  return plaintext;
}
