/** How the holder of the private key opens an exported data key, in the terms of PKCS#11 and GM/T 0009. */

/** Parameters for the HSM: for RSA those of `CK_RSA_PKCS_OAEP_PARAMS`, for SM2 the layout that was found in the bytes. */
export type UnwrapMechanism =
  | { mechanism: "CKM_RSA_PKCS_OAEP"; hashAlgorithm: string; mgf: string; sourceData: "" }
  | { mechanism: "SM2PKE"; layout: "C1C3C2"; encoding: "raw" | "asn1" };

const OAEP: Record<string, { hashAlgorithm: string; mgf: string }> = {
  RSAES_OAEP_SHA_256: { hashAlgorithm: "CKM_SHA256", mgf: "CKG_MGF1_SHA256" },
  RSAES_OAEP_SHA_1: { hashAlgorithm: "CKM_SHA_1", mgf: "CKG_MGF1_SHA1" },
};

/** Bytes that RSA_2048 makes of whatever it wraps. */
const RSA_2048_BYTES = 256;
/** C1 as an uncompressed point (65) and the SM3 digest C3 (32), before the first byte of C2. */
const SM2_OVERHEAD_BYTES = 97;
const UNCOMPRESSED_POINT = 0x04;
const ASN1_SEQUENCE = 0x30;

/** Reads the mechanism off an exported key; `undefined` where the bytes cannot be what the algorithm makes. */
export function unwrapMechanism(wrappingAlgorithm: string, exported: Buffer): UnwrapMechanism | undefined {
  const oaep = OAEP[wrappingAlgorithm];
  if (oaep !== undefined) {
    return exported.length === RSA_2048_BYTES ? { mechanism: "CKM_RSA_PKCS_OAEP", ...oaep, sourceData: "" } : undefined;
  }
  if (exported.length <= SM2_OVERHEAD_BYTES) return undefined;
  if (exported[0] === UNCOMPRESSED_POINT) return { mechanism: "SM2PKE", layout: "C1C3C2", encoding: "raw" };
  if (exported[0] === ASN1_SEQUENCE) return { mechanism: "SM2PKE", layout: "C1C3C2", encoding: "asn1" };
  return undefined;
}
