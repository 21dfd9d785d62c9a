/** SM2PKE (GM/T 0003.4) to a public key on the SM2 curve; the result is raw 04 ‖ X ‖ Y ‖ C3 ‖ C2. */
import { sm2 } from "sm-crypto-v2";
import { invalidPublicKey } from "./publicKey";

/** id-ecPublicKey with curve 1.2.156.10197.1.301, up to the 04 that starts an uncompressed point. */
const derPrefix = Buffer.from("3059301306072a8648ce3d020106082a811ccf5501822d03420004", "hex");
const derBytes = 91;
const c1c3c2 = 1;

/** Encrypts a data key so that only the holder of the SM2 private key can open it. */
export function wrapSm2(publicKeyDer: Buffer, dataKey: Buffer): Buffer {
  const publicKey = readPublicKey(publicKeyDer);
  for (;;) {
    const raw = Buffer.from(`04${sm2.doEncrypt(dataKey, publicKey, c1c3c2)}`, "hex");
    // The standard asks for another try where the mask is all zero, which for one byte happens once in 256 times.
    if (!raw.subarray(-dataKey.length).equals(dataKey)) return raw;
    raw.fill(0);
  }
}

/** Hexadecimal X and Y behind 04, once they are known to be a point of the curve. */
function readPublicKey(der: Buffer): string {
  if (der.length !== derBytes || !der.subarray(0, derPrefix.length).equals(derPrefix)) {
    throw invalidPublicKey("must be the SubjectPublicKeyInfo of an SM2 key");
  }
  const point = der.subarray(derPrefix.length - 1).toString("hex");
  if (!isOnCurve(point)) throw invalidPublicKey("is not a point of the SM2 curve");
  return point;
}

function isOnCurve(point: string): boolean {
  try {
    return sm2.verifyPublicKey(point);
  } catch {
    return false;
  }
}
