/**
 * CiphertextBlob: base64 of KeyVersionId (36 ASCII) ‖ IV (12) ‖ GCM ciphertext ‖ tag (16).
 * What is encrypted is text, the base64 of the plaintext: so a 32-byte data key has a blob of 108 bytes, which is
 * the length of the one in KMS's own reference pages.
 */
import { ivBytes, seal, tagBytes, unseal, type Sealed } from "./authenticatedCipher";
import { decodeBase64 } from "./base64";
import { additionalData, type EncryptionContext } from "./encryptionContext";
import { errors } from "./errors";
import { primaryVersion, type Key, type KeyVersion } from "./keys/key";
import { isKeyVersionId } from "./keys/keyId";
import { isKeyPair } from "./keys/keySpec";

const versionIdBytes = 36;

/** A blob taken apart; whether it is genuine shows only when it is opened. */
export interface ParsedBlob extends Sealed {
  readonly keyVersionId: string;
}

/** Encrypts text under the primary version of a key; the same text never gives the same blob twice. */
export function sealBlob(key: Key, text: Buffer, context: EncryptionContext): string {
  const { keyVersionId, material } = primaryVersion(key);
  const { iv, ciphertext, tag } = seal(key.keySpec, material, additionalData(key.keyId, context), text);
  return Buffer.concat([Buffer.from(keyVersionId, "ascii"), iv, ciphertext, tag]).toString("base64");
}

/** Takes a CiphertextBlob parameter apart. */
export function parseBlob(text: string): ParsedBlob {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length <= versionIdBytes + ivBytes + tagBytes) throw unopenable();
  // latin1 maps every byte to one character: with "ascii" Node would drop the high bit and accept a changed ID.
  const keyVersionId = bytes.toString("latin1", 0, versionIdBytes);
  if (!isKeyVersionId(keyVersionId)) throw unopenable();
  const ciphertextStart = versionIdBytes + ivBytes;
  const tagStart = bytes.length - tagBytes;
  return {
    keyVersionId,
    iv: bytes.subarray(versionIdBytes, ciphertextStart),
    ciphertext: bytes.subarray(ciphertextStart, tagStart),
    tag: bytes.subarray(tagStart),
  };
}

/** Opens a blob under the version it names, and gives the text. */
export function openBlob(key: Key, version: KeyVersion, blob: ParsedBlob, context: EncryptionContext): Buffer {
  // Only a forger names the version of a key pair here.
  if (isKeyPair(key.keySpec)) throw unopenable();
  const text = unseal(key.keySpec, version.material, additionalData(key.keyId, context), blob);
  if (text === undefined) throw unopenable();
  return text;
}

/** One error for a damaged blob, a foreign one and a wrong context: which of them it is would help a forger only. */
const unopenable = () => errors.invalidParameter("CiphertextBlob", "it does not open with this encryption context");
