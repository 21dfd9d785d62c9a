import type { Host, Inputs, Resource } from "../../provider/lifecycle";

/** The args that check makes of the inputs; a fault is a failure of the test. */
export function checked<Args, State>(
  resource: Resource<Args, State>,
  host: Host,
  inputs: Inputs,
  oldInputs?: Inputs,
): Args {
  const result = resource.check(host, oldInputs === undefined ? { inputs } : { inputs, oldInputs });
  if (result.failures.length > 0) throw new Error(`check found faults: ${JSON.stringify(result.failures)}`);
  return result.inputs as Args;
}

/** The faults that check finds, each as one text. */
export function faultsOf<Args, State>(
  resource: Resource<Args, State>,
  host: Host,
  inputs: Inputs,
  oldInputs?: Inputs,
): string[] {
  const { failures } = resource.check(host, oldInputs === undefined ? { inputs } : { inputs, oldInputs });
  return failures.map(({ property, reason }) => `${property} ${reason}`);
}
