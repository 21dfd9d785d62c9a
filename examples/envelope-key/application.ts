// The application: gets its data key from KMS with the official SDK, and seals or opens a file.
//
//   pulumi stack output --json --show-secrets | application.ts seal FILE SEALED
//   application.ts open SEALED FILE            (needs no state: the sealed file says where its key is)
//
// KMS_ENDPOINT (and KMS_PROTOCOL=http for an emulator) say where KMS is, ALIBABA_CLOUD_* who is asking.
import { readFileSync, writeFileSync } from "node:fs";
import KmsClient, { DecryptRequest } from "@alicloud/kms20160120";
import { Config } from "@alicloud/rpc-client";
import { keyReference, open, seal, type KeyReference } from "./sealedFile";

async function decryptDataKey({ ciphertextBlob, encryptionContext }: KeyReference): Promise<Buffer> {
  const { env } = process;
  const client = new KmsClient(
    new Config({
      endpoint: env.KMS_ENDPOINT,
      protocol: env.KMS_PROTOCOL ?? "https",
      accessKeyId: env.ALIBABA_CLOUD_ACCESS_KEY_ID,
      accessKeySecret: env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
      securityToken: env.ALIBABA_CLOUD_SECURITY_TOKEN,
    }),
  );
  const request = new DecryptRequest({ ciphertextBlob });
  // This release of the SDK would flatten a map; KMS takes it as JSON.
  (request as { encryptionContext?: unknown }).encryptionContext = JSON.stringify(encryptionContext);
  return Buffer.from((await client.decrypt(request)).plaintext, "base64");
}

async function main([verb, from, to]: string[]): Promise<void> {
  if ((verb !== "seal" && verb !== "open") || from === undefined || to === undefined) {
    throw new Error("usage: application.ts seal|open FROM TO");
  }
  const input = readFileSync(from);
  const reference = verb === "seal" ? (JSON.parse(readFileSync(0, "utf8")) as KeyReference) : keyReference(input);
  const dataKey = await decryptDataKey(reference);
  writeFileSync(to, verb === "seal" ? seal(dataKey, reference, input) : open(dataKey, input));
  dataKey.fill(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // The SDK's own texts can hold the whole request: only KMS's code is shown.
  const { code, message } = error as { code?: string; message: string };
  console.error(`application: ${code ?? message}`);
  process.exitCode = 1;
});
