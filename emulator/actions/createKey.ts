/** CreateKey: makes a key with random material (page "CreateKey"). */
import { errors } from "../errors";
import { keySpecNames, keySpecs, makeKey } from "../keys/key";
import { newKeyId } from "../keys/keyId";
import { keyMetadata } from "./keyMetadata";
import type { Action } from "./action";

const mostDescriptionCharacters = 8192;

export const createKey: Action = {
  name: "CreateKey",
  cryptographic: false,
  run(call) {
    const { parameters } = call;
    const keySpec = parameters.oneOf("KeySpec", keySpecNames) ?? "Aliyun_AES_256";
    parameters.oneOf("KeyUsage", [keySpecs[keySpec].usage]);
    const protectionLevel = parameters.oneOf("ProtectionLevel", ["SOFTWARE", "HSM"]) ?? "SOFTWARE";
    const origin = parameters.oneOf("Origin", ["Aliyun_KMS", "EXTERNAL"]);
    if (origin === "EXTERNAL") throw errors.unsupportedOrigin();
    const description = parameters.optional("Description") ?? "";
    if (description.length > mostDescriptionCharacters) {
      throw errors.invalidParameter("Description", `longer than ${mostDescriptionCharacters} characters`);
    }
    // Taking these and doing nothing would promise rotation, or a policy, that never comes.
    const unsupported = ["DKMSInstanceId", "Policy", "Tags"].some((name) => parameters.optional(name) !== undefined);
    if (unsupported || parameters.boolean("EnableAutomaticRotation")) throw errors.unsupportedOperation();
    const key = makeKey({ keyId: newKeyId(), keySpec, protectionLevel, description, state: "Enabled" });
    call.keys.add(key);
    return { KeyMetadata: keyMetadata(call.noted(key), call.location) };
  },
};
