/** Opens a ciphertext as an application does: Decrypt through the official SDK, which shares no code with the provider. */
import KmsClient, { DecryptRequest } from "@alicloud/kms20160120";
import { Config } from "@alicloud/rpc-client";

interface Kms {
  endpoint: string;
  accessKeyId: string;
  accessKeySecret: string;
}

interface Ciphertext {
  ciphertextBlob: string;
  encryptionContext?: Record<string, string>;
}

export async function decryptWithSdk(kms: Kms, { ciphertextBlob, encryptionContext }: Ciphertext): Promise<Buffer> {
  const { protocol, host } = new URL(kms.endpoint);
  const { accessKeyId, accessKeySecret } = kms;
  const config = new Config({ endpoint: host, protocol: protocol.slice(0, -1), accessKeyId, accessKeySecret });
  const request = new DecryptRequest({ ciphertextBlob });
  // This release of the SDK would flatten a map; KMS takes it as JSON.
  if (encryptionContext) Object.assign(request, { encryptionContext: JSON.stringify(encryptionContext) });
  return Buffer.from((await new KmsClient(config).decrypt(request)).plaintext, "base64");
}
