/** Signature version 1.0 (HMAC-SHA1 over the parameters), as the KMS page "Signature" gives it. */
import { createHmac } from "node:crypto";
import { canonicalQuery, percentEncode } from "./percentEncoding";

/** The signature that the request must carry. It covers query and form body, and no header. */
export function signV1(method: string, parameters: ReadonlyMap<string, string>, secret: string): string {
  const signed = [...parameters].filter(([name]) => name !== "Signature");
  const stringToSign = `${method}&${percentEncode("/")}&${percentEncode(canonicalQuery(signed))}`;
  return createHmac("sha1", `${secret}&`).update(stringToSign).digest("base64");
}
