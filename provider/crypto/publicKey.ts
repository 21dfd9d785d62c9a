/** The public keys that ExportDataKey wraps under: reading them, saying what is wrong with them, naming them. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { sha256Hex } from "./sha256";

/** KMS's names for the two kinds of key (ExportDataKey page, WrappingKeySpec). */
export type WrappingKeySpec = "RSA_2048" | "EC_SM2";

export interface PublicKey {
  wrappingKeySpec: WrappingKeySpec;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  /** SHA-256 of the SPKI DER, lower-case hex. */
  sha256: string;
}

/** A public key, or why it cannot be used. */
export type ParsedPublicKey = { key: PublicKey } | { fault: string };

const ALLOWED =
  "allowed: the public key of an RSA key pair of exactly 2,048 bits, or of an SM2 key pair, as PEM " +
  "(-----BEGIN PUBLIC KEY-----) or as base64 of its SubjectPublicKeyInfo";

/** The start of every SM2 SubjectPublicKeyInfo with an uncompressed point (OIDs 1.2.840.10045.2.1, 1.2.156.10197.1.301). */
const SM2_SPKI_START = Buffer.from("3059301306072a8648ce3d020106082a811ccf5501822d03420004", "hex");
const SM2_SPKI_BYTES = 91;

/** Reads a public key given as PEM or as base64 SPKI. */
export function parsePublicKey(text: string): ParsedPublicKey {
  const der = decode(text.trim());
  if (typeof der === "string") return { fault: `${der} (${ALLOWED})` };
  const parsed = isPrivateKey(der) ? PRIVATE_KEY : read(der);
  return typeof parsed === "string" ? { fault: `${parsed} (${ALLOWED})` } : { key: parsed };
}

const PRIVATE_KEY =
  "is a private key: it must not leave its HSM. If it came from the configuration, remove it there and from the " +
  "history of the backend, and treat it as compromised";

/** The DER inside PEM or base64, or what is wrong with the text. */
function decode(text: string): Buffer | string {
  // Wherever it stands: private keys come behind parameters, attributes, or the public key itself.
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return PRIVATE_KEY;
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (label === undefined) return decodeBase64(text) ?? "is neither PEM nor base64";
  if (label === "CERTIFICATE") return "is a certificate: take its key out with `openssl x509 -pubkey -noout`";
  if (label === "RSA PUBLIC KEY") return "is PKCS#1: convert it with `openssl rsa -RSAPublicKey_in -pubout`";
  if (label !== "PUBLIC KEY") return "is PEM of something else than a public key";
  const body = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(text)?.[1];
  return (body === undefined ? undefined : decodeBase64(body)) ?? "is damaged PEM";
}

function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, "");
  const der = Buffer.from(compact, "base64");
  return der.length > 0 && der.toString("base64") === compact ? der : undefined;
}

function isPrivateKey(der: Buffer): boolean {
  return (["pkcs8", "pkcs1", "sec1"] as const).some((type) => {
    try {
      createPrivateKey({ key: der, format: "der", type });
      return true;
    } catch {
      return false;
    }
  });
}

function read(spki: Buffer): PublicKey | string {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    return "is not a readable public key";
  }
  if (startsLikeSm2(spki)) return { wrappingKeySpec: "EC_SM2", spki, sha256: sha256Hex(spki) };
  if (key.asymmetricKeyType !== "rsa") return `is a key of another kind${kind(key)}`;
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== 2048) return `is an RSA key of ${String(modulusLength)} bits`;
  // An exponent of 1 would "wrap" nothing; NIST SP 800-56B asks for 65537 or more, older HSMs use 3.
  if (publicExponent === undefined || publicExponent < 3n) return "is an RSA key with an exponent below 3";
  const canonical = key.export({ format: "der", type: "spki" });
  if (!canonical.equals(spki)) return "is an RSA key in another encoding than plain SubjectPublicKeyInfo";
  return { wrappingKeySpec: "RSA_2048", spki, sha256: sha256Hex(spki) };
}

function startsLikeSm2(spki: Buffer): boolean {
  return spki.length === SM2_SPKI_BYTES && spki.subarray(0, SM2_SPKI_START.length).equals(SM2_SPKI_START);
}

function kind(key: KeyObject): string {
  const type = key.asymmetricKeyType;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return type === undefined ? "" : ` (${[type, curve].filter((part) => part !== undefined).join(" ")})`;
}
