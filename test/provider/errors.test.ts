import {
  CancelledError,
  ConfigurationError,
  CredentialsError,
  MalformedAnswerError,
  MismatchError,
  ProviderError,
  ServiceError,
  UnreachableError,
} from "../../provider/errors";

const trace = { action: "Decrypt", host: "kms.example", requestId: "id-1" };

test.each<[ProviderError, string, string]>([
  [new ConfigurationError("no region"), "ConfigurationError", "no region"],
  [new MismatchError("another key"), "MismatchError", "another key"],
  [new CredentialsError("none found"), "CredentialsError", "none found"],
  [
    new ServiceError(trace, "Rejected.Disabled", 409, "Enable it."),
    "ServiceError",
    "Decrypt was refused by KMS: Rejected.Disabled (HTTP 409). Enable it. [host kms.example, RequestId id-1]",
  ],
  [
    new UnreachableError({ action: "Decrypt", host: "kms.example" }, "ECONNREFUSED", "Look there."),
    "UnreachableError",
    "Decrypt got no answer: ECONNREFUSED (no HTTP status). Look there. [host kms.example, RequestId none]",
  ],
  [
    new MalformedAnswerError(trace, "no KeyId", 200),
    "MalformedAnswerError",
    "Decrypt got an answer that is not KMS's: no KeyId (MalformedAnswer, HTTP 200). Nothing of it was kept. " +
      "[host kms.example, RequestId id-1]",
  ],
  [
    new MalformedAnswerError(trace, "no JSON"),
    "MalformedAnswerError",
    "Decrypt got an answer that is not KMS's: no JSON (MalformedAnswer, HTTP status unknown). Nothing of it was kept. " +
      "[host kms.example, RequestId id-1]",
  ],
  [new CancelledError("Decrypt"), "CancelledError", "Decrypt was cancelled; nothing was changed."],
])("an error tells what happened, where, and who must act: %s", (error, name, message) => {
  expect(error).toBeInstanceOf(ProviderError);
  expect({ name: error.name, message: error.message }).toEqual({ name, message });
});
