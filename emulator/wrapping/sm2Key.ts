/**
 * SM2 keys as DER. OpenSSL may be built without SM2, and Node does not export it all, so the few layouts that occur
 * are written out here: PKCS#8 with the public key inside, as OpenSSL makes it, and SubjectPublicKeyInfo.
 */
import { sm2 } from "sm-crypto-v2";

/** id-ecPublicKey with curve 1.2.156.10197.1.301: what both layouts call the algorithm. */
const algorithm = "301306072a8648ce3d020106082a811ccf5501822d";
/** PKCS#8 up to the 32 bytes of the private key. */
const pairStart = Buffer.from(`308187020100${algorithm}046d306b0201010420`, "hex");
/** What stands between the private key and the point. */
const pairMiddle = Buffer.from("a144034200", "hex");
/** SubjectPublicKeyInfo up to the point. */
const publicStart = Buffer.from(`3059${algorithm}034200`, "hex");
const privateBytes = 32;
/** An uncompressed point: 04 ‖ X ‖ Y. */
const pointBytes = 65;

/** A new key pair as PKCS#8 DER. */
export function newSm2Pair(): Buffer {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return Buffer.concat([pairStart, Buffer.from(privateKey, "hex"), pairMiddle, Buffer.from(publicKey, "hex")]);
}

/** Whether the bytes are an SM2 key pair as this emulator keeps it, and its two halves belong together. */
export function isSm2Pair(der: Buffer): boolean {
  const pointStart = pairStart.length + privateBytes + pairMiddle.length;
  if (der.length !== pointStart + pointBytes) return false;
  if (!der.subarray(0, pairStart.length).equals(pairStart)) return false;
  if (!der.subarray(pairStart.length + privateBytes, pointStart).equals(pairMiddle)) return false;
  try {
    return sm2.getPublicKeyFromPrivateKey(sm2PrivateKey(der)) === der.toString("hex", pointStart);
  } catch {
    return false;
  }
}

/** The private key of a pair, in hexadecimal. */
export const sm2PrivateKey = (pairDer: Buffer): string =>
  pairDer.toString("hex", pairStart.length, pairStart.length + privateBytes);

/** The public key of a pair as SubjectPublicKeyInfo. */
export const sm2PublicKeyDer = (pairDer: Buffer): Buffer => Buffer.concat([publicStart, pairDer.subarray(-pointBytes)]);

/** The point 04 ‖ X ‖ Y of a SubjectPublicKeyInfo, in hexadecimal; undefined where it is not one of SM2. */
export function sm2Point(der: Buffer): string | undefined {
  const isSm2 =
    der.length === publicStart.length + pointBytes && der.subarray(0, publicStart.length).equals(publicStart);
  return isSm2 && der[publicStart.length] === 4 ? der.toString("hex", publicStart.length) : undefined;
}

/** Whether 04 ‖ X ‖ Y, in hexadecimal, is a point of the curve. */
export function isOnSm2Curve(point: string): boolean {
  try {
    return sm2.verifyPublicKey(point);
  } catch {
    return false;
  }
}
