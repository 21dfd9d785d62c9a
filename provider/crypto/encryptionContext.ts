/** Encryption contexts: string pairs that KMS binds to a ciphertext and compares as a map. */

/** KMS's limit on the JSON of a context, in characters (KMS documentation, "EncryptionContext"). */
const LONGEST_JSON = 8192;

/** Says what is wrong with a context whose pairs are known to be strings, or nothing. */
export function encryptionContextFault(context: Record<string, string>): string | undefined {
  const { length } = JSON.stringify(context);
  return length > LONGEST_JSON ? `is ${length} characters of JSON (allowed: at most ${LONGEST_JSON})` : undefined;
}
