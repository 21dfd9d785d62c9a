/** The making of a data key, which the actions that generate one share. */
import { randomBytes } from "node:crypto";
import type { Call } from "../call";
import { sealBlob } from "../ciphertextBlob";
import { errors } from "../errors";
import { primaryVersion } from "../keys/key";

/** What every answer about a new data key holds, and the data key itself. The caller clears the plaintext. */
export interface NewDataKey {
  readonly answer: { KeyVersionId: string; KeyId: string; CiphertextBlob: string };
  readonly plaintext: Buffer;
}

/** Makes a data key and seals it under the primary version of the key that is named. */
export function newDataKey(call: Call): NewDataKey {
  const bytes = wantedBytes(call);
  const context = call.encryptionContext();
  // An enclave asks so for a data key that only it can read: answering with plaintext would betray it.
  if (call.parameters.optional("Recipient") !== undefined) throw errors.unsupportedOperation();
  const key = call.usableKey();
  const version = primaryVersion(key);
  const plaintext = randomBytes(bytes);
  const CiphertextBlob = sealBlob(key.keyId, version, plaintext, context);
  return { answer: { KeyVersionId: version.keyVersionId, KeyId: key.keyId, CiphertextBlob }, plaintext };
}

/** NumberOfBytes wins: where it is given, KMS does not look at KeySpec at all. */
function wantedBytes({ parameters }: Call): number {
  const bytes = parameters.integer("NumberOfBytes", 1, 1024);
  if (bytes !== undefined) return bytes;
  return parameters.oneOf("KeySpec", ["AES_256", "AES_128"]) === "AES_128" ? 16 : 32;
}
