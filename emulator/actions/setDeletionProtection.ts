/** SetDeletionProtection: keeps a key from being scheduled for deletion (page "SetDeletionProtection"). */
import type { Call } from "../call";
import { errors } from "../errors";
import type { Key } from "../keys/key";
import { changeable } from "../keys/keyState";
import type { Action } from "./action";
import { optionalDescription } from "./description";

export const setDeletionProtection: Action = {
  name: "SetDeletionProtection",
  cryptographic: false,
  run(call) {
    call.parameters.required("EnableDeletionProtection");
    const enable = call.parameters.boolean("EnableDeletionProtection");
    const description = optionalDescription(call.parameters, "DeletionProtectionDescription");
    const key = changeable(protectedKey(call));
    call.keys.put({ ...key, deletionProtection: enable ? description : undefined });
    return {};
  },
};

/** The page names the ARN; Terraform sends the ID. Whoever sends both must mean one key. */
function protectedKey(call: Call): Key {
  const [first, second] = ["ProtectedResourceArn", "KeyId"]
    .filter((name) => call.parameters.optional(name) !== undefined)
    .map((name) => call.namedKey(name));
  if (first === undefined) throw errors.missingParameter("ProtectedResourceArn");
  if (second !== undefined && second.keyId !== first.keyId) {
    throw errors.invalidParameter("ProtectedResourceArn", "names another key than KeyId");
  }
  return first;
}
