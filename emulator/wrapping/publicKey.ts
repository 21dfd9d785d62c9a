/** PublicKeyBlob: the base64 of a SubjectPublicKeyInfo (DER), or the same as PEM. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { decodeBase64 } from "../base64";
import { errors } from "../errors";
import { isOnSm2Curve, sm2Point } from "./sm2Key";

const pem = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/;

/** The DER bytes of the parameter, once they are known to be a key of this spec. */
export function publicKeyDer(text: string, keySpec: "RSA_2048" | "EC_SM2"): Buffer {
  const base64Text = pem.exec(text)?.[1]?.replaceAll(/[\r\n]/g, "") ?? text;
  const der = decodeBase64(base64Text);
  if (der === undefined) throw invalid("must be base64 of a SubjectPublicKeyInfo, or its PEM");
  if (keySpec === "EC_SM2") checkSm2(der);
  else checkRsa2048(der);
  return der;
}

/** A SubjectPublicKeyInfo as PEM, ending in a line break as the page's sample does. */
export const publicKeyPem = (der: Buffer): string =>
  `-----BEGIN PUBLIC KEY-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END PUBLIC KEY-----\n`;

function checkRsa2048(der: Buffer): void {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    throw invalid("must be the SubjectPublicKeyInfo of an RSA key");
  }
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType !== "rsa") throw invalid("must be an RSA key");
  if (details?.modulusLength !== 2048) throw invalid("must be an RSA key of 2048 bits");
  const { modulus, exponent } = rsaNumbers(key);
  // With an exponent of 1 the padded data key would leave as it is; even numbers are no RSA key at all.
  if (exponent < 3n || exponent % 2n === 0n || exponent >= modulus) throw invalid("its exponent is not that of a key");
  if (modulus % 2n === 0n) throw invalid("its modulus is even");
  // OpenSSL overlooks bytes after the key.
  if (!key.export({ format: "der", type: "spki" }).equals(der)) throw invalid("must be DER, and nothing else");
}

function rsaNumbers(key: KeyObject): { modulus: bigint; exponent: bigint } {
  const { n = "", e = "" } = key.export({ format: "jwk" });
  const number = (text: string) => BigInt(`0x${Buffer.from(text, "base64url").toString("hex") || "0"}`);
  return { modulus: number(n), exponent: number(e) };
}

function checkSm2(der: Buffer): void {
  const point = sm2Point(der);
  if (point === undefined) throw invalid("must be the SubjectPublicKeyInfo of an SM2 key");
  if (!isOnSm2Curve(point)) throw invalid("is not a point of the SM2 curve");
}

const invalid = (reason: string) => errors.invalidParameter("PublicKeyBlob", reason);
