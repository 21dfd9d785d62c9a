/** RSAES-OAEP; MGF1 uses the same hash as OAEP itself (page "AsymmetricDecrypt"). */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from "node:crypto";
import { errors } from "../errors";

/** The hash of OAEP and of its MGF1. */
export type OaepHash = "sha256" | "sha1";

const hashBytes = { sha256: 32, sha1: 20 };

/** The most bytes that one ciphertext under this public key can hold. */
export const mostOaepBytes = (publicKeyDer: Buffer, hash: OaepHash): number =>
  modulusBytes(publicKey(publicKeyDer)) - 2 * hashBytes[hash] - 2;

/** Encrypts so that only the holder of the RSA private key can open it. */
export function encryptOaep(publicKeyDer: Buffer, hash: OaepHash, plaintext: Buffer): Buffer {
  const key = publicKey(publicKeyDer);
  try {
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, plaintext);
  } catch {
    throw errors.invalidParameter("PublicKeyBlob", "nothing can be encrypted under it");
  }
}

/**
 * Opens a ciphertext with a private key (PKCS#8); undefined where it does not open, whatever the reason.
 * The label is empty in all that KMS does.
 */
export function decryptOaep(
  privateKeyDer: Buffer,
  hash: OaepHash,
  ciphertext: Buffer,
  label = Buffer.alloc(0),
): Buffer | undefined {
  const key = createPrivateKey({ key: privateKeyDer, format: "der", type: "pkcs8" });
  // OpenSSL would take fewer bytes as a number with zeros in front.
  if (ciphertext.length !== modulusBytes(key)) return undefined;
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key, padding, oaepHash: hash, oaepLabel: label }, ciphertext);
  } catch {
    return undefined;
  }
}

/** The public half of an RSA pair (PKCS#8) as SubjectPublicKeyInfo. */
export const rsaPublicKeyDer = (privateKeyDer: Buffer): Buffer =>
  createPublicKey(createPrivateKey({ key: privateKeyDer, format: "der", type: "pkcs8" })).export({
    format: "der",
    type: "spki",
  });

const publicKey = (der: Buffer): KeyObject => createPublicKey({ key: der, format: "der", type: "spki" });

function modulusBytes(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined) throw new Error("an RSA key has a modulus");
  return Math.ceil(bits / 8);
}
