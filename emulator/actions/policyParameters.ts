/** What the actions on key policies read alike. */
import type { Call } from "../call";
import { errors } from "../errors";
import type { Key } from "../keys/key";
import { keyPolicyFault } from "../keys/keyPolicy";
import type { Parameters } from "../parameters";

/** The Policy parameter, if it can be a policy. */
export function optionalPolicy(parameters: Parameters): string | undefined {
  const policy = parameters.optional("Policy");
  const fault = policy === undefined ? undefined : keyPolicyFault(policy);
  if (fault !== undefined) throw errors.invalidParameter("Policy", fault);
  return policy;
}

/** The key whose policy is meant: there is one policy per key, named default, and only keys of an instance have it. */
export function keyWithPolicy(call: Call): Key {
  const name = call.parameters.optional("PolicyName") ?? "default";
  const key = call.namedKey();
  if (key.dkmsInstanceId === undefined) throw errors.keyPolicyUnsupported();
  if (name !== "default") throw errors.policyNotFound();
  return key;
}
