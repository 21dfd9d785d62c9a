/** Base64 as RFC 4648 section 4 has it, and nothing that merely resembles it. */

/**
 * The bytes of canonical base64 text, or undefined where it is anything else.
 * Node's own decoder skips what it does not know, so that many texts would mean the same bytes.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
