/**
 * CiphertextBlob: base64 of KeyVersionId (36 ASCII) ‖ IV (12) ‖ AES-256-GCM ciphertext ‖ tag (16).
 * What is encrypted is the base64 text of the plaintext: so a 32-byte data key has a blob of 108 bytes, which is
 * the length of the one in KMS's own reference pages.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { decodeBase64 } from "./base64";
import { additionalData, type EncryptionContext } from "./encryptionContext";
import { errors } from "./errors";
import { isKeyVersionId } from "./keys/keyId";
import type { KeyVersion } from "./keys/key";

const versionIdBytes = 36;
const ivBytes = 12;
const tagBytes = 16;

/** A blob taken apart; whether it is genuine shows only when it is opened. */
export interface ParsedBlob {
  readonly keyVersionId: string;
  readonly iv: Buffer;
  readonly sealed: Buffer;
  readonly tag: Buffer;
}

/** Encrypts under one version of a key; the same plaintext never gives the same blob twice. */
export function sealBlob(keyId: string, version: KeyVersion, plaintext: Buffer, context: EncryptionContext): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", version.material, iv);
  cipher.setAAD(additionalData(keyId, context));
  const sealed = Buffer.concat([cipher.update(plaintext.toString("base64"), "ascii"), cipher.final()]);
  return Buffer.concat([Buffer.from(version.keyVersionId, "ascii"), iv, sealed, cipher.getAuthTag()]).toString(
    "base64",
  );
}

/** Takes a CiphertextBlob parameter apart. */
export function parseBlob(text: string): ParsedBlob {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length <= versionIdBytes + ivBytes + tagBytes) throw unopenable();
  // latin1 maps every byte to one character: with "ascii" Node would drop the high bit and accept a changed ID.
  const keyVersionId = bytes.toString("latin1", 0, versionIdBytes);
  if (!isKeyVersionId(keyVersionId)) throw unopenable();
  const sealedStart = versionIdBytes + ivBytes;
  const tagStart = bytes.length - tagBytes;
  return {
    keyVersionId,
    iv: bytes.subarray(versionIdBytes, sealedStart),
    sealed: bytes.subarray(sealedStart, tagStart),
    tag: bytes.subarray(tagStart),
  };
}

/** Opens a blob under the version it names, and gives the plaintext. */
export function openBlob(keyId: string, version: KeyVersion, blob: ParsedBlob, context: EncryptionContext): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", version.material, blob.iv, { authTagLength: tagBytes });
  decipher.setAAD(additionalData(keyId, context));
  decipher.setAuthTag(blob.tag);
  const base64Text = decipher.update(blob.sealed);
  try {
    decipher.final();
  } catch {
    throw unopenable();
  }
  return Buffer.from(base64Text.toString("latin1"), "base64");
}

/** One error for a damaged blob, a foreign one and a wrong context: which of them it is would help a forger only. */
const unopenable = () => errors.invalidParameter("CiphertextBlob", "it does not open with this EncryptionContext");
