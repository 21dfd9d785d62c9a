// A file under AES-256-GCM: one line of JSON, authenticated with the content, then the content. The line carries all
// that is needed to get the data key from KMS, so that the file can be opened without the stack's state.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** What KMS Decrypt needs, and which version of the KMS key it will use. */
export interface KeyReference {
  ciphertextBlob: string;
  keyVersionId: string;
  encryptionContext: Record<string, string>;
}

interface Header extends KeyReference {
  iv: string;
}

const TAG_BYTES = 16;

/** Seals content under a data key of 32 bytes. */
export function seal(dataKey: Buffer, reference: KeyReference, content: Buffer): Buffer {
  const iv = randomBytes(12);
  const { ciphertextBlob, keyVersionId, encryptionContext } = reference;
  const header: Header = { ciphertextBlob, keyVersionId, encryptionContext, iv: iv.toString("base64") };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(line);
  return Buffer.concat([line, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** Opens a sealed file; throws where the key is another one or a byte was changed. */
export function open(dataKey: Buffer, sealed: Buffer): Buffer {
  const line = headerLine(sealed);
  const { iv } = keyReference(sealed);
  const content = sealed.subarray(line.length, -TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", dataKey, Buffer.from(iv, "base64"), { authTagLength: TAG_BYTES })
    .setAAD(line)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(content), decipher.final()]);
}

/** Reads the line of a sealed file that says where its data key is. */
export function keyReference(sealed: Buffer): Header {
  return JSON.parse(headerLine(sealed).toString()) as Header;
}

function headerLine(sealed: Buffer): Buffer {
  return sealed.subarray(0, sealed.indexOf("\n") + 1);
}
