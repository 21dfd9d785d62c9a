import { inspect } from "node:util";

/** A secret for tests: long enough never to occur by chance. */
export const CANARY = "CANARY+71/secret=o~4d&9";

/** Every form in which a secret might be written, lower-case. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Base64 depends on where the secret starts within a group of three bytes; the outermost characters mix in others.
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "")
      .slice(shift === 0 ? 0 : 4, -1),
  );
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    bytes.toString("hex"),
    ...shifted,
    ...shifted.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ].map((form) => form.toLowerCase());
}

/** Everything of a value that a log could show: text, stack, properties, causes. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : inspect(value, { depth: null, showHidden: true });
  return (
    text + (value instanceof Error ? `${value.message}${value.stack ?? ""}${JSON.stringify(value)}` : "")
  ).toLowerCase();
}

/** The forms of the secrets that a value shows; empty when it gives nothing away. */
export function leaks(value: unknown, ...secrets: string[]): string[] {
  const text = shown(value);
  return secrets.flatMap(formsOf).filter((form) => text.includes(form));
}
