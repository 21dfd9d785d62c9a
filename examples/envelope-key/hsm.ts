// The HSM's side: opens the exported data key with its private key (the openssl command does it), and then the file.
//
//   pulumi stack output --json --show-secrets | hsm.ts PRIVATE_KEY.pem SEALED FILE
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { open } from "./sealedFile";

const [privateKeyFile, sealedFile, file] = process.argv.slice(2);
if (privateKeyFile === undefined || sealedFile === undefined || file === undefined) {
  throw new Error("usage: hsm.ts PRIVATE_KEY.pem SEALED FILE");
}

const outputs = JSON.parse(readFileSync(0, "utf8")) as {
  exportedDataKey: string;
  unwrapMechanism: { hashAlgorithm: "CKM_SHA256" | "CKM_SHA_1" };
};
const hash = { CKM_SHA256: "sha256", CKM_SHA_1: "sha1" }[outputs.unwrapMechanism.hashAlgorithm];
const dataKey = execFileSync(
  "openssl",
  ["pkeyutl", "-decrypt", "-inkey", privateKeyFile, "-pkeyopt", "rsa_padding_mode:oaep"].concat([
    "-pkeyopt",
    `rsa_oaep_md:${hash}`,
    "-pkeyopt",
    `rsa_mgf1_md:${hash}`,
  ]),
  { input: Buffer.from(outputs.exportedDataKey, "base64") },
);
writeFileSync(file, open(dataKey, readFileSync(sealedFile)));
dataKey.fill(0);
