/**
 * What the documented error codes of KMS mean and who must act: the only texts about a refusal that users see.
 * Source: the KMS error code list and the pages of the operations. KMS's own message is never shown, as some of them
 * repeat parameters (`SignatureDoesNotMatch` repeats the whole string that was signed).
 */

/** What to do, by code. `{source}` is where the credentials came from. */
const ADVICE: Record<string, string> = {
  "Forbidden.KeyNotFound": "No such key in this account and region: check keyId and connection.region.",
  "Forbidden.AliasNotFound": "No such alias in this account and region: check keyId and connection.region.",
  "Forbidden.KeyVersionNotFound": "The key version that the ciphertext names no longer exists.",
  "Rejected.Disabled": "The key is disabled: enable it or choose another.",
  "Rejected.PendingDeletion": "The key is scheduled for deletion: cancel the deletion or choose another key.",
  "Rejected.PendingImport": "The key has no key material yet: import it or choose another key.",
  "Rejected.Unavailable": "The key is unavailable: look at its KMS instance.",
  "Rejected.Throttling":
    "The account's rate limit was reached and stayed reached: try again, or lower the parallelism.",
  Throttling: "The account's rate limit was reached and stayed reached: try again, or lower the parallelism.",
  "Forbidden.NoPermission": "The access policy does not allow this action on this key; credentials from {source}.",
  "Forbidden.AccessKey": "This access key may not use KMS; credentials from {source}.",
  "Forbidden.KmsServiceNotEnabled": "KMS is not activated for this account.",
  "Forbidden.InDebt": "The account has an overdue payment.",
  "Forbidden.InDebtOverdue": "The account has an overdue payment.",
  "Forbidden.ProhibitedByRiskControl": "Alibaba Cloud's risk control stopped the call: contact its support.",
  "InvalidAccessKeyId.NotFound":
    "The access key does not exist, or its session has expired; credentials from {source}.",
  "InvalidAccessKeyId.Inactive": "The access key is disabled; credentials from {source}.",
  "InvalidSecurityToken.Expired": "The session has expired; credentials from {source}.",
  SignatureDoesNotMatch: "The access key's secret is wrong; credentials from {source}.",
  IncompleteSignature: "The access key's secret is wrong, or something on the way changed the request.",
  IllegalTimestamp: "The clocks of this machine and of KMS are more than 15 minutes apart.",
  UnsupportedOperation: "The key or the gateway does not do this: check the key's type, and its network access.",
  "Rejected.UnsupportedOperation": "The key does not do this: check the key's type.",
  InternalFailure: "A fault inside KMS: try again, and give the RequestId to its support if it lasts.",
  ServiceUnavailableTemporary: "KMS is not available for the moment: try again.",
};

/** Advice that depends on what was asked. */
const ADVICE_BY_ACTION: Record<string, Record<string, string>> = {
  ExportDataKey: {
    InvalidParameter:
      "The ciphertext does not open in this account and region with this encryptionContext, or the data key does not " +
      "fit the wrapping (RSA_2048 wraps at most 190 bytes with RSAES_OAEP_SHA_256, 214 with RSAES_OAEP_SHA_1).",
  },
  Decrypt: {
    InvalidParameter: "The ciphertext does not open in this account and region with this encryptionContext.",
  },
};

/** The sentence for a code. Codes that are not documented get none but the pointer to KMS's own list. */
export function serviceAdvice(action: string, code: string, source: string): string {
  const advice = ADVICE_BY_ACTION[action]?.[code] ?? ADVICE[code];
  return (advice ?? "See this code in the KMS error code list.").replace("{source}", source);
}

/** Lets a code through only where it is documented or has a code's shape: words, joined by dots, no digits. */
export function allowedCode(code: unknown): string {
  if (typeof code !== "string") return "UnknownCode";
  return Object.hasOwn(ADVICE, code) || (code.length <= 60 && /^[A-Z][A-Za-z]*(\.[A-Z][A-Za-z]*){0,2}$/.test(code))
    ? code
    : "UnknownCode";
}

/** Lets a RequestId through only where it has the shape of one: a UUID. */
export function allowedRequestId(requestId: unknown): string | undefined {
  return typeof requestId === "string" && /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(requestId)
    ? requestId
    : undefined;
}
