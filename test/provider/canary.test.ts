import { CANARY, leaks } from "./canary";

test.each([
  ["as it is", CANARY],
  ["in lower case", CANARY.toLowerCase()],
  ["in a URL", `?a=${encodeURIComponent(CANARY)}&b`],
  ["in hex", Buffer.from(`a${CANARY}b`).toString("hex")],
  ...[0, 1, 2].map((n) => [`in base64 at place ${n}`, Buffer.from(`${"a".repeat(n)}${CANARY}bc`).toString("base64")]),
  ...[0, 1, 2].map((n) => [
    `in base64url at place ${n}`,
    Buffer.from(`${"ä".repeat(n)}${CANARY}`).toString("base64url"),
  ]),
])("a secret is found %s", (_, text = "") => {
  const cause = new Error(`x ${text} y`);
  expect(leaks(text, CANARY)).not.toEqual([]);
  expect(leaks(new Error("failed", { cause }), CANARY)).not.toEqual([]);
  expect(leaks(Object.assign(new Error("failed"), { data: { deep: [text] } }), CANARY)).not.toEqual([]);
});

test("nothing is found where nothing is", () => {
  expect(leaks(new Error("kms.example refused the call"), CANARY)).toEqual([]);
});
