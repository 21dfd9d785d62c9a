import { randomBytes } from "node:crypto";
import { isBase64 } from "../../../provider/crypto/base64";

test("takes the base64 of bytes of any length", () => {
  const lengths = Array.from({ length: 64 }, (_, index) => index + 1);
  expect(lengths.filter((length) => !isBase64(randomBytes(length).toString("base64")))).toEqual([]);
});

test.each([
  "",
  "=",
  "====",
  "A",
  "AB",
  "ABC",
  "ABCDE",
  "A===",
  "AB=C",
  "AB C",
  "ABC\n",
  "AB-_",
  "ABCD=",
  "ABCD====",
  "é===",
])("refuses %j", (text) => {
  expect(isBase64(text)).toBe(false);
});
