/** RSAES-OAEP with a 2,048-bit key; MGF1 uses the same hash as OAEP itself (page "AsymmetricDecrypt"). */
import { constants, createPublicKey, publicEncrypt, type KeyObject } from "node:crypto";
import { errors } from "../errors";
import { invalidPublicKey } from "./publicKey";

/** Encrypts a data key so that only the holder of the RSA private key can open it. */
export function wrapRsaOaep(publicKeyDer: Buffer, hash: "sha256" | "sha1", dataKey: Buffer): Buffer {
  const key = readPublicKey(publicKeyDer);
  const mostBytes = hash === "sha256" ? 190 : 214;
  if (dataKey.length > mostBytes) {
    throw errors.invalidParameter("CiphertextBlob", `this algorithm wraps at most ${mostBytes} bytes`);
  }
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, dataKey);
}

function readPublicKey(der: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    throw invalidPublicKey("must be the SubjectPublicKeyInfo of an RSA key");
  }
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType !== "rsa") throw invalidPublicKey("must be an RSA key");
  if (details?.modulusLength !== 2048) throw invalidPublicKey("must be an RSA key of 2048 bits");
  // With an exponent of 1 the padded data key would leave as it is.
  if ((details.publicExponent ?? 0n) < 3n) throw invalidPublicKey("its exponent is too small");
  // OpenSSL overlooks bytes after the key.
  if (!key.export({ format: "der", type: "spki" }).equals(der)) throw invalidPublicKey("must be DER, and nothing else");
  return key;
}
