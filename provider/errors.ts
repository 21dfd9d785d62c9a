/**
 * The closed set of errors that a verb may end with, each saying who must act.
 * A text is built from an allow-list (action, code, HTTP status, RequestId, host and sentences that stand in this
 * repository): texts of the service, of the SDK and of the runtime can hold whole URLs, tokens or files.
 */

/** Where a call went and how it is found again in the audit trail. */
export interface CallTrace {
  action: string;
  host: string;
  requestId?: string | undefined;
}

function traced(trace: CallTrace, sentence: string): string {
  return `${trace.action} ${sentence} [host ${trace.host}, RequestId ${trace.requestId ?? "none"}]`;
}

/** Base of all errors below: whatever is not one of them is a bug of this provider. */
export abstract class ProviderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The user must act: configuration or input that cannot work. */
export class ConfigurationError extends ProviderError {}

/** The user must act: what KMS answered contradicts what the program pinned. */
export class MismatchError extends ProviderError {}

/** The user must act: no usable credentials were found. */
export class CredentialsError extends ProviderError {}

/** KMS answered with an error. Who must act follows from the code, and the text says it. */
export class ServiceError extends ProviderError {
  constructor(
    readonly trace: CallTrace,
    readonly code: string,
    readonly httpStatus: number,
    advice: string,
  ) {
    super(traced(trace, `was refused by KMS: ${code} (HTTP ${httpStatus}). ${advice}`));
  }

  /** KMS refused for the rate alone. */
  get throttled(): boolean {
    return this.httpStatus === 429 || this.code.includes("Throttling");
  }
}

/** KMS could not be reached or did not answer: the network, the endpoint or KMS must be looked at. */
export class UnreachableError extends ProviderError {
  constructor(
    readonly trace: CallTrace,
    readonly code: string,
    advice: string,
  ) {
    super(traced(trace, `got no answer: ${code} (no HTTP status). ${advice}`));
  }
}

/** Something answered, but not as KMS does: a proxy in between, or a wrong endpoint. */
export class MalformedAnswerError extends ProviderError {
  constructor(
    readonly trace: CallTrace,
    fault: string,
    readonly httpStatus?: number,
  ) {
    const status = httpStatus === undefined ? "HTTP status unknown" : `HTTP ${httpStatus}`;
    super(
      traced(trace, `got an answer that is not KMS's: ${fault} (MalformedAnswer, ${status}). Nothing of it was kept.`),
    );
  }
}

/** The user cancelled. */
export class CancelledError extends ProviderError {
  constructor(action: string) {
    super(`${action} was cancelled; nothing was changed.`);
  }
}
