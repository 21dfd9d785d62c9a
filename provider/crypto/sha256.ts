/** Digests that name a key or a ciphertext without giving it away. */
import { createHash } from "node:crypto";

/** SHA-256 in lower-case hex, over the parts one after the other. */
export function sha256Hex(...parts: Buffer[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
