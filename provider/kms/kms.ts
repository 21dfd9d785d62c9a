/**
 * The KMS operations that the resources use: the one interface between `resources/` and the service.
 * Units and sizes are KMS's own (API 2016-01-20); every answer has been checked for shape before it is returned.
 */

/** String pairs that KMS binds to a ciphertext: needed again, unchanged, to open it. Not secret. */
export type EncryptionContext = Record<string, string>;

export interface GenerateDataKeyRequest {
  /** Key ID, alias (`alias/...`) or ARN. */
  keyId: string;
  keySpec?: "AES_256" | "AES_128" | undefined;
  /** Length of the data key in bytes, 1 to 1024. */
  numberOfBytes?: number | undefined;
  encryptionContext?: EncryptionContext | undefined;
}

export interface GeneratedDataKey {
  /** The data key under the KMS key, base64. KMS keeps no copy. */
  ciphertextBlob: string;
  /** The ID of the KMS key, whatever name the request used. */
  keyId: string;
  keyVersionId: string;
  requestId: string;
}

export interface ExportDataKeyRequest {
  ciphertextBlob: string;
  /** Base64 of the SubjectPublicKeyInfo DER, without PEM armour. */
  publicKeyBlob: string;
  wrappingKeySpec: string;
  wrappingAlgorithm: string;
  encryptionContext?: EncryptionContext | undefined;
}

export interface ExportedDataKeyAnswer {
  /** The data key under the public key, base64. */
  exportedDataKey: string;
  keyId: string;
  keyVersionId: string;
  requestId: string;
}

export interface Kms {
  /** KMS API reference, GenerateDataKeyWithoutPlaintext. */
  generateDataKeyWithoutPlaintext(request: GenerateDataKeyRequest): Promise<GeneratedDataKey>;
  /** KMS API reference, GenerateDataKey; `plaintext` is base64. */
  generateDataKey(request: GenerateDataKeyRequest): Promise<GeneratedDataKey & { plaintext: string }>;
  /** KMS API reference, ExportDataKey. */
  exportDataKey(request: ExportDataKeyRequest): Promise<ExportedDataKeyAnswer>;
  /** KMS API reference, Decrypt; the answer is base64. */
  decrypt(request: {
    ciphertextBlob: string;
    encryptionContext?: EncryptionContext | undefined;
  }): Promise<{ plaintext: string }>;
  /** KMS API reference, DescribeKey. */
  describeKey(request: { keyId: string }): Promise<{ keyId: string; keyState: string }>;
}
