/** The two parameters that say whether and how often a key rotates. */
import { errors } from "../errors";
import { rotationIntervalText, rotationSeconds } from "../keys/rotation";
import type { Parameters } from "../parameters";

/** The seconds between rotations; undefined where the key is not to rotate, whatever the interval says. */
export function wantedRotationSeconds(parameters: Parameters): number | undefined {
  if (!parameters.boolean("EnableAutomaticRotation")) return undefined;
  const seconds = rotationSeconds(parameters.required("RotationInterval"));
  if (seconds === undefined) throw errors.invalidParameter("RotationInterval", `must be ${rotationIntervalText}`);
  return seconds;
}
