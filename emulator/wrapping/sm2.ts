/** SM2PKE (GM/T 0003.4). Ciphertexts leave as raw 04 ‖ X ‖ Y ‖ C3 ‖ C2; the ASN.1 form is opened too. */
import { sm2 } from "sm-crypto-v2";
import { sm2Point, sm2PrivateKey } from "./sm2Key";
import { sm2CiphertextOf } from "./sm2Ciphertext";

const c1c3c2 = 1;

/** What KMS takes at most: with the 97 bytes around it, a ciphertext of 6,144. */
export const mostSm2Bytes = 6047;

/** Encrypts so that only the holder of the SM2 private key can open it. The public key is one that was checked. */
export function encryptSm2(publicKeyDer: Buffer, plaintext: Buffer): Buffer {
  const point = sm2Point(publicKeyDer);
  if (point === undefined) throw new Error("not an SM2 public key");
  for (;;) {
    const raw = Buffer.from(`04${sm2.doEncrypt(plaintext, point, c1c3c2)}`, "hex");
    // The standard asks for another try where the mask is all zero, which for one byte happens once in 256 times.
    if (!raw.subarray(-plaintext.length).equals(plaintext)) return raw;
    raw.fill(0);
  }
}

/** Opens a ciphertext with a key pair (PKCS#8); undefined where it does not open, whatever the reason. */
export function decryptSm2(pairDer: Buffer, ciphertext: Buffer): Buffer | undefined {
  const parsed = sm2CiphertextOf(ciphertext);
  if (parsed === undefined || parsed.c2.length > mostSm2Bytes) return undefined;
  const { x, y, c3, c2 } = parsed;
  const hex = Buffer.concat([x, y, c3, c2]).toString("hex");
  let opened: ArrayLike<number>;
  try {
    // It throws for a point off the curve, and gives an empty array for a wrong C3.
    opened = sm2.doDecrypt(hex, sm2PrivateKey(pairDer), c1c3c2, { output: "array" });
  } catch {
    return undefined;
  }
  const plaintext = Buffer.from(opened);
  // Nobody who follows the standard sends a ciphertext whose mask is all zero.
  return plaintext.length === 0 || plaintext.equals(c2) ? undefined : plaintext;
}
