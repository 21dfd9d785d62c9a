/**
 * The errors that KMS answers with: code, message and HTTP status as its reference pages give them.
 * A message never holds a value of the request: clients print messages, and values may be secrets.
 */

/** An error that goes to the client as `{"HttpStatus","Code","Message","RequestId"}`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Every error the emulator answers with, by what went wrong. */
export const errors = {
  missingParameter: (name: string) =>
    new ApiError(400, "MissingParameter", `The parameter  ${name}  needed but no provided.`),
  /** The documented message, then the parameter's name and a fixed reason. */
  invalidParameter: (name: string, reason: string) =>
    new ApiError(400, "InvalidParameter", `The specified parameter is not valid. (${name}: ${reason})`),
  unreadableRequest: (reason: string) =>
    new ApiError(
      400,
      "ParseRequestParameterException",
      `Server parse parameters exception. Please check your input params. (${reason})`,
    ),
  requestTooLarge: (reason: string) => new ApiError(413, "InvalidParameter", `The request is too large. (${reason})`),
  unsupportedOperation: () => new ApiError(400, "UnsupportedOperation", "This action is not supported."),
  /** The operation exists, but not for this kind of key. */
  rejectedUnsupportedOperation: () => new ApiError(400, "Rejected.UnsupportedOperation", "Unsupported operation."),
  unsupportedOrigin: () => new ApiError(400, "Unsupported.Origin", "This key origin is not supported."),
  unsupportedMethod: () => new ApiError(403, "UnsupportedHTTPMethod", "This http method is not supported."),
  incompleteSignature: (reason: string) =>
    new ApiError(
      400,
      "IncompleteSignature",
      `The request signature does not conform to Alibaba Cloud standards. (${reason})`,
    ),
  signatureDoesNotMatch: () =>
    new ApiError(400, "SignatureDoesNotMatch", "The specified signature does not match the one that KMS computed."),
  missingTimestamp: () =>
    new ApiError(
      400,
      "IllegalTimestamp",
      'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.',
    ),
  illegalTimestamp: (reason: string) =>
    new ApiError(400, "IllegalTimestamp", `The input parameter "Timestamp" is not valid. (${reason})`),
  usedNonce: () => new ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
  unknownAccessKey: () =>
    new ApiError(404, "InvalidAccessKeyId.NotFound", "The Access Key ID provided does not exist in our records."),
  noPermission: (resource: string) =>
    new ApiError(403, "Forbidden.NoPermission", `This operation for ${resource} is forbidden by permission system.`),
  keyNotFound: () => new ApiError(404, "Forbidden.KeyNotFound", "The specified Key is not found."),
  keyVersionNotFound: () => new ApiError(404, "Forbidden.KeyVersionNotFound", "The specified KeyVersion is not found."),
  keyPolicyUnsupported: () =>
    new ApiError(400, "Forbidden.KeyPolicyUnSupported", "Only a key of a KMS instance has a key policy."),
  policyNotFound: () => new ApiError(404, "Forbidden.ResourceNotFound", "The resource is not found."),
  limitExceeded: () =>
    new ApiError(
      400,
      "Rejected.LimitExceeded",
      "The request was rejected because user create resource limit was exceeded.",
    ),
  aliasNotFound: () => new ApiError(404, "Forbidden.AliasNotFound", "The specified Alias is not found."),
  aliasAlreadyExists: () => new ApiError(400, "AliasAlreadyExists", "AliasName Already Exists."),
  rejectedByState: (state: string) =>
    new ApiError(409, `Rejected.${state}`, `The request was rejected because the key state is ${state}.`),
  stateModifiedFailed: () => new ApiError(409, "Rejected.StateModifiedFailed", "Keystate modified failed."),
  throttled: () => new ApiError(429, "Rejected.Throttling", "QPS Limit Exceeded"),
  internalFailure: () => new ApiError(500, "InternalFailure", "Internal Failure."),
};
