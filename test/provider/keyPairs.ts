import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** An RSA key pair; making one takes a while, so tests share them. */
export const rsaPair = (modulusLength = 2048): KeyPair => generateKeyPairSync("rsa", { modulusLength });

export const ecPair = (namedCurve: string): KeyPair => generateKeyPairSync("ec", { namedCurve });

export const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

export const derOf = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** An RSA public key with an exponent of the test's choice. */
export function rsaWithExponent(exponent: number, like: KeyObject): KeyObject {
  const { n } = like.export({ format: "jwk" });
  const e = Buffer.from([exponent]).toString("base64url");
  return createPublicKey({ key: { kty: "RSA", n: String(n), e }, format: "jwk" });
}
