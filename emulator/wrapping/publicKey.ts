/** PublicKeyBlob: the base64 of a SubjectPublicKeyInfo (DER), or the same as PEM. */
import { decodeBase64 } from "../base64";
import { errors } from "../errors";

const pem = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/;

/** The DER bytes of the parameter; which key they hold is for the algorithm to say. */
export function publicKeyDer(text: string): Buffer {
  const base64Text = pem.exec(text)?.[1]?.replaceAll(/[\r\n]/g, "") ?? text;
  const der = decodeBase64(base64Text);
  if (der === undefined) throw invalidPublicKey("must be base64 of a SubjectPublicKeyInfo, or its PEM");
  return der;
}

/** What is wrong with a public key. */
export const invalidPublicKey = (reason: string) => errors.invalidParameter("PublicKeyBlob", reason);
