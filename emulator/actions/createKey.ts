/** CreateKey: makes a key, and its material too unless that is to be imported (page "CreateKey"). */
import type { Call } from "../call";
import { errors } from "../errors";
import { keyOrigins, makeKey, type NewKey } from "../keys/key";
import { newKeyId } from "../keys/keyId";
import { isKeyPair, keySpecNames, keySpecs } from "../keys/keySpec";
import { canRotate } from "../keys/rotation";
import type { Action } from "./action";
import { optionalDescription } from "./description";
import { keyMetadata } from "./keyMetadata";
import { optionalPolicy } from "./policyParameters";
import { wantedRotationSeconds } from "./rotationPolicy";
import { jsonTags } from "./tagParameters";

export const createKey: Action = {
  name: "CreateKey",
  cryptographic: false,
  async run(call) {
    const wanted = wantedKey(call);
    const material = await keySpecs[wanted.keySpec].newMaterialBeside();
    const key = makeKey(wanted, call.keys.now(), material);
    call.keys.put(key);
    return { KeyMetadata: keyMetadata(call.noted(key), call.location) };
  },
};

function wantedKey({ parameters }: Call): NewKey {
  const keySpec = parameters.oneOf("KeySpec", keySpecNames) ?? "Aliyun_AES_256";
  const usages = [keySpecs[keySpec].usage, ...(isKeyPair(keySpec) ? ["SIGN/VERIFY"] : [])];
  // KMS has such keys. This emulator cannot sign, and says so before anyone counts on it.
  if (parameters.oneOf("KeyUsage", usages) === "SIGN/VERIFY") throw errors.unsupportedOperation();
  const origin = parameters.oneOf("Origin", keyOrigins) ?? "Aliyun_KMS";
  if (origin === "EXTERNAL" && isKeyPair(keySpec)) throw errors.unsupportedOrigin();
  const rotationSeconds = wantedRotationSeconds(parameters);
  if (rotationSeconds !== undefined && !canRotate({ origin, keySpec })) throw errors.rejectedUnsupportedOperation();
  const dkmsInstanceId = parameters.optional("DKMSInstanceId");
  if (dkmsInstanceId !== undefined && !/^kst-[A-Za-z0-9]{1,64}$/.test(dkmsInstanceId)) {
    throw errors.invalidParameter("DKMSInstanceId", "must be kst- and up to 64 letters and digits");
  }
  const policy = optionalPolicy(parameters);
  if (policy !== undefined && dkmsInstanceId === undefined) throw errors.keyPolicyUnsupported();
  const tags = parameters.optional("Tags");
  return {
    keyId: newKeyId(),
    keySpec,
    origin,
    state: origin === "EXTERNAL" ? "PendingImport" : "Enabled",
    protectionLevel: parameters.oneOf("ProtectionLevel", ["SOFTWARE", "HSM"]) ?? "SOFTWARE",
    description: optionalDescription(parameters, "Description"),
    tags: tags === undefined ? [] : jsonTags(tags),
    rotationSeconds,
    dkmsInstanceId,
    policy,
  };
}
