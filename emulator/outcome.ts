/** What a call comes to, and how it is written down: JSON by default, XML where `Format` asks for it. */
import type { Answer } from "./actions/action";
import { ApiError, errors } from "./errors";
import type { HttpRequest } from "./request";
import { xmlElement } from "./xml";

/** The answer of a call before it is written down. */
export interface Outcome {
  /** The HTTP status; 0 where no answer was made. */
  readonly status: number;
  /** The error's code; null for a success. */
  readonly code: string | null;
  /** Without it the answer's body is empty. */
  readonly body?: Answer;
  readonly location?: string;
  /** The fault on demand that the call met, for the call log. */
  readonly fault?: string;
  /** How the answer gets lost or spoilt on its way. */
  readonly damage?: "cut off" | "truncated" | "not json";
}

/** A text with its content type. */
export interface Written {
  readonly contentType: string;
  readonly text: string;
}

/** Runs a call; whatever it throws becomes an error of the API. */
export async function outcomeOf(run: () => Promise<Answer>): Promise<Outcome> {
  try {
    return { status: 200, code: null, body: await run() };
  } catch (error) {
    return failure(error);
  }
}

/** The outcome of a call that failed. */
export function failure(error: unknown): Outcome {
  if (!(error instanceof ApiError)) {
    // Where it happened, but not its message: that may hold what the caller sent.
    const place = error instanceof Error ? error.stack?.split("\n    at ")[1] : undefined;
    process.stderr.write(`alicloud-kms-emulator: internal failure at ${place ?? "an unknown place"}\n`);
    return failure(errors.internalFailure());
  }
  const { status, code, message } = error;
  return { status, code, body: { HttpStatus: status, Code: code, Message: message } };
}

/** Writes the fields of an answer or an error down. */
export function write(body: Answer, requestId: string, format: Format): Written {
  const fields = { ...body, RequestId: requestId };
  return format === "XML"
    ? { contentType: "text/xml;charset=utf-8", text: xmlElement("KMS", fields) }
    : { contentType: "application/json;charset=utf-8", text: JSON.stringify(fields) };
}

/** How answers can be written. */
export type Format = "JSON" | "XML";

/** What the request asks for. Read off its text, so that a request that cannot be parsed is understood in this too. */
export function wantedFormat({ target, body }: Pick<HttpRequest, "target" | "body">): Format {
  const asked = (text: string) => /(?:^|[?&])Format=([^&]*)/i.exec(text)?.[1];
  return decoded(asked(target) ?? asked(body.toString("latin1")) ?? "").toUpperCase() === "XML" ? "XML" : "JSON";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
