/**
 * A process of its own that asks a gateway for a data key and prints how that went.
 * Arguments: endpoint, key ID, access key ID, its secret, the CA's file.
 */
import { readFileSync } from "node:fs";
import { connectKms } from "../../provider/kms/connectKms";
import { resolveTarget } from "../../provider/kms/connection";

const [endpoint = "", keyId = "", accessKeyId = "", accessKeySecret = "", caFile = ""] = process.argv.slice(2);
const configuration: Record<string, string> = {
  "alicloud-kms:accessKey": accessKeyId,
  "alicloud-kms:secretKey": accessKeySecret,
};
const settings = { config: (name: string) => configuration[name], env: () => undefined };
const connection = { region: "cn-hangzhou", endpoint, caCertificate: readFileSync(caFile, "utf8") };

connectKms(resolveTarget(connection, settings), settings)
  .generateDataKeyWithoutPlaintext({ keyId })
  .then(
    (answer) => process.stdout.write(`made under ${answer.keyId}`),
    (error: unknown) => process.stdout.write(String(error)),
  );
