/** The making of a data key, which the actions that generate one share. */
import { randomBytes } from "node:crypto";
import type { Call } from "../call";
import { sealBlob } from "../ciphertextBlob";
import { errors } from "../errors";
import { primaryVersion } from "../keys/key";
import { textOfBytes } from "../plaintext";
import type { Answer } from "./action";

/**
 * Makes a data key, seals it under the primary version of the key that is named, and answers.
 * The action adds to the answer what it may tell of the data key, which is cleared after that.
 */
export function newDataKey(call: Call, answerWith: (answer: Answer, dataKey: Buffer) => Answer): Answer {
  const bytes = wantedBytes(call);
  const context = call.encryptionContext();
  // An enclave asks so for a data key that only it can read: answering with plaintext would betray it.
  if (call.parameters.optional("Recipient") !== undefined) throw errors.unsupportedOperation();
  const key = call.symmetricKey();
  const dataKey = randomBytes(bytes);
  const text = textOfBytes(dataKey);
  try {
    const CiphertextBlob = sealBlob(key, text, context);
    const answer = { KeyVersionId: primaryVersion(key).keyVersionId, KeyId: key.keyId, CiphertextBlob };
    return answerWith(answer, dataKey);
  } finally {
    dataKey.fill(0);
    text.fill(0);
  }
}

/** NumberOfBytes wins: where it is given, KMS does not look at KeySpec at all. */
function wantedBytes({ parameters }: Call): number {
  const bytes = parameters.integer("NumberOfBytes", 1, 1024);
  if (bytes !== undefined) return bytes;
  return parameters.oneOf("KeySpec", ["AES_256", "AES_128"]) === "AES_128" ? 16 : 32;
}
