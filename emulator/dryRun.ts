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
 * The pages know two reasons why the call would fail, "the parameters" and "the permission", and promise one of them
 * always: so an unknown key, and one in the wrong state, are wrong parameters. The message still says which.
 */
function asDryRunError(error: ApiError): ApiError {
  // The service's own trouble says nothing of the call.
  if (error.status === 429 || error.status >= 500) return error;
  if (error.status === 403) return new ApiError(403, "AccessDeniedError", error.message);
  return new ApiError(400, "ValidationError", error.message);
}
