/** KeyMetadata as CreateKey and DescribeKey answer it. */
import { keySpecs, primaryVersion, type Key } from "../keys/key";
import { arn, type Location } from "../keys/resourceName";
import type { Answer } from "./action";

/** The fields that both pages list. What does not apply is an empty string, as in their samples. */
export function keyMetadata(key: Key, location: Location): Answer {
  const primary = primaryVersion(key);
  return {
    Arn: arn(location, `key/${key.keyId}`),
    AutomaticRotation: "Disabled",
    CreationDate: key.creationDate,
    Creator: location.account,
    DeleteDate: key.deleteDate ?? "",
    Description: key.description,
    KeyId: key.keyId,
    KeySpec: key.keySpec,
    KeyState: key.state,
    KeyUsage: keySpecs[key.keySpec].usage,
    LastRotationDate: primary.creationDate,
    MaterialExpireTime: "",
    Origin: key.state === "PendingImport" ? "EXTERNAL" : "Aliyun_KMS",
    PrimaryKeyVersion: primary.keyVersionId,
    ProtectionLevel: key.protectionLevel,
  };
}
