/** The error that a promise ends with; one that ends well is a failure of the test. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`rejected with a ${typeof error} instead of an Error`, { cause: error });
  }
  throw new Error(`did not reject, and ended with a ${typeof value}`);
}
