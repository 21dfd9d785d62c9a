/** The forms of key IDs and key version IDs. */
import { createHash, randomInt, randomUUID } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const keyIdForm = new RegExp(`^(?:key-[a-z0-9]{21}|${uuid})$`);
const keyVersionIdForm = new RegExp(`^(?:key-[a-z0-9]{21}-[a-z0-9]{10}|${uuid})$`);

/** What a key ID must look like, for people. */
export const keyIdFormText = "key- and 21 of a-z and 0-9, or a lower-case UUID";

/** Whether the text has the form of a key ID. */
export const isKeyId = (text: string): boolean => keyIdForm.test(text);

/** Whether the text has the form of a key version ID: always 36 characters. */
export const isKeyVersionId = (text: string): boolean => keyVersionIdForm.test(text);

/** A new random key ID. */
export const newKeyId = (): string => `key-${randomLetters(21)}`;

/** A new version ID of the key: the key's ID and 10 characters, or a UUID where the key's ID is one. */
export const newKeyVersionId = (keyId: string): string =>
  keyId.startsWith("key-") ? `${keyId}-${randomLetters(10)}` : randomUUID();

/** A key ID that is always the same for the same name, for the keys of a seed that gives none. */
export function keyIdFromName(name: string): string {
  const digest = createHash("sha256").update(name).digest();
  return `key-${Array.from(digest.subarray(0, 21), (byte) => letters[byte % letters.length]).join("")}`;
}

function randomLetters(count: number): string {
  return Array.from({ length: count }, () => letters[randomInt(letters.length)]).join("");
}
