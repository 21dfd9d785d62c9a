/** Galois/Counter Mode under a symmetric key. OpenSSL in Node has it for AES; for SM4 (RFC 8998) sm-crypto-v2 does. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { sm4 } from "sm-crypto-v2";
import type { KeySpec } from "./keys/keySpec";

/** Bytes of a nonce, and of a tag. */
export const ivBytes = 12;
export const tagBytes = 16;

/** What is kept of an encryption. */
export interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** Encrypts under a new random nonce. */
export function seal(keySpec: KeySpec, key: Buffer, additionalData: Buffer, plaintext: Buffer): Sealed {
  const iv = randomBytes(ivBytes);
  if (keySpec === "Aliyun_SM4") {
    const options = { mode: "gcm", iv, associatedData: additionalData, output: "array", outputTag: true } as const;
    const { output, tag } = sm4.encrypt(plaintext, key, options);
    if (tag === undefined) throw new Error("SM4-GCM gave no tag");
    return { iv, ciphertext: Buffer.from(output), tag: Buffer.from(tag) };
  }
  const cipher = createCipheriv(aesGcm(keySpec), key, iv);
  cipher.setAAD(additionalData);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** Decrypts; undefined where the tag does not fit. The tag must be 16 bytes. */
export function unseal(keySpec: KeySpec, key: Buffer, additionalData: Buffer, sealed: Sealed): Buffer | undefined {
  if (keySpec === "Aliyun_SM4") {
    const { iv, tag, ciphertext } = sealed;
    try {
      return Buffer.from(
        sm4.decrypt(ciphertext, key, { mode: "gcm", iv, tag, associatedData: additionalData, output: "array" }),
      );
    } catch {
      return undefined;
    }
  }
  const decipher = createDecipheriv(aesGcm(keySpec), key, sealed.iv, { authTagLength: tagBytes });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(sealed.tag);
  const plaintext = decipher.update(sealed.ciphertext);
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

function aesGcm(keySpec: KeySpec): "aes-256-gcm" | "aes-128-gcm" {
  if (keySpec === "Aliyun_AES_256") return "aes-256-gcm";
  if (keySpec === "Aliyun_AES_128") return "aes-128-gcm";
  throw new Error(`${keySpec} is no symmetric key`);
}
