/** KeyMetadata as CreateKey and DescribeKey answer it. */
import { primaryVersion, type Key } from "../keys/key";
import { keySpecs } from "../keys/keySpec";
import { arn, type Location } from "../keys/resourceName";
import { nextRotationDate } from "../keys/rotation";
import type { Answer } from "./action";

/** The fields that both pages list. A date that does not apply is an empty string, as in their samples. */
export function keyMetadata(key: Key, location: Location): Answer {
  const primary = primaryVersion(key);
  return {
    Arn: arn(location, `key/${key.keyId}`),
    ...rotation(key),
    CreationDate: key.creationDate,
    Creator: location.account,
    ...(key.dkmsInstanceId !== undefined && { DKMSInstanceId: key.dkmsInstanceId }),
    DeleteDate: key.deleteDate ?? "",
    Description: key.description,
    KeyId: key.keyId,
    KeySpec: key.keySpec,
    KeyState: key.state,
    KeyUsage: keySpecs[key.keySpec].usage,
    LastRotationDate: primary.creationDate,
    MaterialExpireTime: "",
    Origin: key.origin,
    PrimaryKeyVersion: primary.keyVersionId,
    ProtectionLevel: key.protectionLevel,
  };
}

/** Interval and date are there only where the key rotates, or would if it were enabled. */
function rotation(key: Key): Answer {
  if (key.rotationSeconds === undefined) return { AutomaticRotation: "Disabled" };
  return {
    AutomaticRotation: key.state === "Enabled" ? "Enabled" : "Suspended",
    NextRotationDate: nextRotationDate(key),
    RotationInterval: `${key.rotationSeconds}s`,
  };
}
