/** Signature ACS3-HMAC-SHA256 (over method, query, headers and body), as the "V3 request" page gives it. */
import { createHash, createHmac } from "node:crypto";
import { errors } from "../errors";
import type { ApiRequest } from "../request";
import { canonicalQuery } from "./percentEncoding";

const scheme = "ACS3-HMAC-SHA256";

/** What the Authorization header says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Whether the request is signed in this way. */
export const isAcs3 = (request: ApiRequest): boolean => request.headers.authorization?.split(" ", 1)[0] === scheme;

/** Reads the Authorization header. */
export function parseAuthorization(request: ApiRequest): Authorization {
  const fields = new Map<string, string>();
  const text = request.headers.authorization?.slice(scheme.length).trim() ?? "";
  for (const field of text.split(",")) {
    const at = field.indexOf("=");
    const name = field.slice(0, Math.max(at, 0)).trim();
    if (fields.has(name)) throw errors.incompleteSignature("a field of Authorization occurs twice");
    fields.set(name, field.slice(at + 1).trim());
  }
  const accessKeyId = fields.get("Credential");
  const signedHeaders = fields.get("SignedHeaders");
  const signature = fields.get("Signature");
  if (!accessKeyId || !signedHeaders || !signature) {
    throw errors.incompleteSignature("Authorization needs Credential, SignedHeaders and Signature");
  }
  return { accessKeyId, signedHeaders: signedHeaders.split(";"), signature };
}

/**
 * Refuses a request whose meaning its signature does not cover. Which further headers are signed is the client's
 * choice: Python signs `accept` and `user-agent` too.
 */
export function checkSignedHeaders(request: ApiRequest, signedHeaders: readonly string[]): void {
  for (const name of ["host", "x-acs-date", "x-acs-content-sha256", "x-acs-signature-nonce"]) {
    if (!signedHeaders.includes(name)) throw errors.incompleteSignature(`${name} must be a signed header`);
  }
  for (const name of ["x-acs-action", "x-acs-version", "x-acs-security-token"]) {
    if (request.headers[name] !== undefined && !signedHeaders.includes(name)) {
      throw errors.incompleteSignature(`${name} must be a signed header`);
    }
  }
  if (signedHeaders.some((name) => request.headers[name] === undefined)) {
    throw errors.incompleteSignature("a signed header is missing");
  }
}

/** The signature that the request must carry. The body's hash is computed, not taken from its header. */
export function signAcs3(request: ApiRequest, signedHeaders: readonly string[], secret: string): string {
  const headers = signedHeaders.map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonicalRequest = [
    request.method,
    "/",
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    bodyHash(request),
  ].join("\n");
  const stringToSign = `${scheme}\n${createHash("sha256").update(canonicalRequest).digest("hex")}`;
  return createHmac("sha256", secret).update(stringToSign).digest("hex");
}

/** What `x-acs-content-sha256` must be. */
export const bodyHash = (request: ApiRequest): string => createHash("sha256").update(request.body).digest("hex");
