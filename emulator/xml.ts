/** XML as answers need it: elements and text. A list repeats the name of its field, as in `<Keys><Key>…</Key></Keys>`. */

/** The element of this name; what JSON would leave out is left out here too. */
export function xmlElement(name: string, value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => xmlElement(name, item)).join("");
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (typeof value !== "object" || value === null) return escape(String(value));
  return Object.entries(value)
    .map(([name, field]) => xmlElement(name, field))
    .join("");
}

const references: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/** Parsers turn a bare CR into LF. What XML 1.0 cannot hold at all becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[&<>\r]/g, (character) => references[character] ?? character)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}");
}
