/**
 * The encryption context: a JSON object of strings that is bound to a ciphertext and not stored in it.
 * KMS compares it as a map, so order and spacing of its JSON mean nothing (help page 42975).
 */
import { errors } from "./errors";

/** Names and values, sorted by the UTF-8 bytes of the names. */
export type EncryptionContext = readonly (readonly [name: string, value: string])[];

/** The longest JSON text of a context, in characters. */
const maxContextCharacters = 8192;

/** Reads the parameter of this name; without one the context is empty, as `{}` is. */
export function parseEncryptionContext(text: string | undefined, parameter: string): EncryptionContext {
  if (text === undefined) return [];
  const invalid = (reason: string) => errors.invalidParameter(parameter, reason);
  if (text.length > maxContextCharacters) throw invalid(`longer than ${maxContextCharacters} characters`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid("must be a JSON object of strings");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw invalid("must be a JSON object of strings");
  }
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== "string") throw invalid("every value must be a string");
    if (!isUnicode(name) || !isUnicode(value)) throw invalid("names and values must be valid Unicode");
    entries.push([name, value]);
  }
  if (countStrings(text) !== 2 * entries.length) throw invalid("a name occurs twice");
  return entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/**
 * The bytes that AES-GCM authenticates: the key's ID, then each name and value.
 * Each is preceded by its length: without that `{"a":"bc"}` and `{"ab":"c"}` would open each other's ciphertexts.
 */
export function additionalData(keyId: string, context: EncryptionContext): Buffer {
  return Buffer.concat([keyId, ...context.flat()].flatMap((text) => withLength(Buffer.from(text))));
}

function withLength(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/** JSON.parse keeps the last of two equal names. In a flat object of strings, counting the strings shows that. */
function countStrings(json: string): number {
  return json.match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0;
}

/** False for a lone surrogate, which UTF-8 would turn into U+FFFD and so make equal to other text. */
function isUnicode(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
