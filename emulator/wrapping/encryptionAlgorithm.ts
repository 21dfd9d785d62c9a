/** The algorithms of key pairs, by name: what ExportDataKey wraps with is what AsymmetricEncrypt encrypts with. */
import type { KeySpec } from "../keys/keySpec";
import { decryptOaep, encryptOaep, mostOaepBytes, rsaPublicKeyDer, type OaepHash } from "./rsaOaep";
import { decryptSm2, encryptSm2, mostSm2Bytes } from "./sm2";
import { sm2PublicKeyDer } from "./sm2Key";

const hashes = { RSAES_OAEP_SHA_256: "sha256", RSAES_OAEP_SHA_1: "sha1" } as const satisfies Record<string, OaepHash>;

/** The name of an algorithm. */
export type EncryptionAlgorithm = keyof typeof hashes | "SM2PKE";

/** The algorithms that keys of a spec can be used with; none for a symmetric one. */
export function algorithmsOf(keySpec: KeySpec): readonly EncryptionAlgorithm[] {
  if (keySpec === "EC_SM2") return ["SM2PKE"];
  return keySpec.startsWith("RSA_") ? ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"] : [];
}

/** The most bytes that can be encrypted under a public key (SubjectPublicKeyInfo). */
export const mostBytes = (algorithm: EncryptionAlgorithm, publicKeyDer: Buffer): number =>
  algorithm === "SM2PKE" ? mostSm2Bytes : mostOaepBytes(publicKeyDer, hashes[algorithm]);

/** Encrypts under a public key (SubjectPublicKeyInfo). */
export const encryptFor = (algorithm: EncryptionAlgorithm, publicKeyDer: Buffer, plaintext: Buffer): Buffer =>
  algorithm === "SM2PKE"
    ? encryptSm2(publicKeyDer, plaintext)
    : encryptOaep(publicKeyDer, hashes[algorithm], plaintext);

/** Opens a ciphertext with a key pair (PKCS#8); undefined where it does not open. */
export const decryptWith = (algorithm: EncryptionAlgorithm, pairDer: Buffer, ciphertext: Buffer): Buffer | undefined =>
  algorithm === "SM2PKE" ? decryptSm2(pairDer, ciphertext) : decryptOaep(pairDer, hashes[algorithm], ciphertext);

/** The public half of a key pair (PKCS#8) as SubjectPublicKeyInfo. */
export const publicKeyOf = (keySpec: KeySpec, pairDer: Buffer): Buffer =>
  keySpec === "EC_SM2" ? sm2PublicKeyDer(pairDer) : rsaPublicKeyDer(pairDer);
