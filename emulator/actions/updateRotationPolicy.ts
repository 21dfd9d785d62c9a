/** UpdateRotationPolicy: whether and how often a key rotates (page "UpdateRotationPolicy"). */
import { errors } from "../errors";
import { canRotate } from "../keys/rotation";
import type { Action } from "./action";
import { wantedRotationSeconds } from "./rotationPolicy";

export const updateRotationPolicy: Action = {
  name: "UpdateRotationPolicy",
  cryptographic: false,
  run(call) {
    call.parameters.required("EnableAutomaticRotation");
    const rotationSeconds = wantedRotationSeconds(call.parameters);
    const key = call.usableKey();
    if (!canRotate(key)) throw errors.rejectedUnsupportedOperation();
    call.keys.put({ ...key, rotationSeconds });
    return {};
  },
};
