/** The private CA of a KMS instance, and the certificate of its gateway. The CA lasts; certificates are made anew. */
import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { StartFault } from "../startFault";
import type { Records } from "../storage/records";
import { withOpenssl } from "./openssl";

/** Certificate and private key, as PEM text. */
export interface Tls {
  cert: string;
  key: string;
}

/** What an instance's ID must look like, for people. */
export const instanceFormText = "kst- and 1 to 40 of a-z and 0-9";

/** Whether the text has the form of an instance's ID. */
export const isInstanceId = (text: string): boolean => /^kst-[a-z0-9]{1,40}$/.test(text);

/** The name that clients of the instance's gateway look up (page "Initialize the client"). */
const gatewayName = (instance: string): string => `${instance}.cryptoservice.kms.aliyuncs.com`;

/** The name of the file with the CA's certificate, as the KMS console gives it to users. */
export const caFileName = (instance: string): string => `PrivateKmsCA_${instance}.pem`;

/** The CA of the records, made where there is none. */
export function privateCa(records: Records, instance: string): Tls {
  const record = `private-ca-${instance}`;
  const stored = records.get(record);
  if (stored !== undefined) return checked(stored, record);
  const made = makeCa(instance);
  records.put(record, made);
  return made;
}

/** A certificate for the gateway of the instance, reached by its own name, on loopback, or at this host. */
export function gatewayCertificate(ca: Tls, instance: string, host: string): Tls {
  const names = new Set([`DNS:${gatewayName(instance)}`, "DNS:localhost", "IP:127.0.0.1", "IP:::1"]);
  if (isIP(host) > 0) names.add(`IP:${host}`);
  else if (/^[A-Za-z0-9.-]+$/.test(host)) names.add(`DNS:${host}`);
  const key = newKey();
  const config = request(instance, [
    "basicConstraints = critical, CA:FALSE",
    "keyUsage = critical, digitalSignature",
    "extendedKeyUsage = serverAuth",
    `subjectAltName = ${[...names].join(", ")}`,
  ]);
  return withOpenssl({ "ca.pem": ca.cert, "ca.key": ca.key, "gateway.key": key, config }, (openssl) => {
    openssl("req", "-new", "-config", "config", "-key", "gateway.key", "-out", "gateway.csr");
    const serial = ["-set_serial", `0x${randomBytes(16).toString("hex")}`];
    const signing = ["x509", "-req", "-in", "gateway.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-sha256"];
    return { cert: openssl(...signing, ...serial, "-days", "365", "-extfile", "config", "-extensions", "v3"), key };
  });
}

function makeCa(instance: string): Tls {
  const key = newKey();
  const config = request(`PrivateKmsCA_${instance}`, [
    "basicConstraints = critical, CA:TRUE, pathlen:0",
    "keyUsage = critical, keyCertSign, cRLSign",
    "subjectKeyIdentifier = hash",
  ]);
  return withOpenssl({ "ca.key": key, config }, (openssl) => ({
    cert: openssl("req", "-new", "-x509", "-config", "config", "-key", "ca.key", "-sha256", "-days", "3650"),
    key,
  }));
}

const request = (name: string, extensions: string[]): string =>
  `[req]
prompt = no
distinguished_name = name
x509_extensions = v3
[name]
O = alicloud-kms-emulator
CN = ${name}
[v3]
${extensions.join("\n")}
`;

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function checked(stored: Partial<Tls> | null, record: string): Tls {
  const { cert, key } = stored ?? {};
  if (typeof cert === "string" && typeof key === "string" && isUsable(cert, key)) return { cert, key };
  throw new StartFault(`data folder: the record ${record} is damaged or has expired; restore it, or move it away`);
}

function isUsable(cert: string, key: string): boolean {
  try {
    const certificate = new X509Certificate(cert);
    return certificate.checkPrivateKey(createPrivateKey(key)) && Date.parse(certificate.validTo) > Date.now();
  } catch {
    return false;
  }
}
