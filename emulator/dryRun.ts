/** DryRun=true: the call is made, its result thrown away, and the answer is an error that tells how it went. */
import type { Answer } from "./actions/action";
import { ApiError } from "./errors";
import type { Parameters } from "./parameters";

/** Runs a cryptographic action (they change nothing), dry where the request asks for it. */
export async function answerDryRun(parameters: Parameters, run: () => Promise<Answer>): Promise<Answer> {
  if (!parameters.boolean("DryRun")) return run();
  try {
    await run();
  } catch (error) {
    throw error instanceof ApiError ? asDryRunError(error) : error;
  }
  throw new ApiError(400, "DryRunOperationError", "The request would have succeeded without DryRun.");
}

/**
 * The page names two reasons for failure, parameters and permission. A key that does not exist is a wrong parameter.
 * The key's state is neither, and so stays itself.
 */
function asDryRunError(error: ApiError): ApiError {
  if (error.status === 403) return new ApiError(403, "AccessDeniedError", error.message);
  if (error.status === 409) return error;
  return new ApiError(400, "ValidationError", error.message);
}
