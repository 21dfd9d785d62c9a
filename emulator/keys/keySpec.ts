/**
 * The key specs (page "Key types and specifications"): what each is used for, and its material.
 * Material is raw bytes for a symmetric key, and PKCS#8 DER for a key pair.
 */
import { createPrivateKey, generateKeyPair, generateKeyPairSync, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { isSm2Pair, newSm2Pair } from "../wrapping/sm2Key";

/** What a key spec is, whether or not a key of it exists. */
interface KeySpecFacts {
  readonly kind: "symmetric" | "asymmetric";
  readonly usage: "ENCRYPT/DECRYPT";
  /** The material of one version, made at once: an RSA pair may hold everything else up for a second. */
  readonly newMaterial: () => Buffer;
  /** The same, made beside other calls. What its caller knew of the key may have changed by then. */
  readonly newMaterialBeside: () => Promise<Buffer>;
  /** Whether these bytes can be the material of such a key. */
  readonly isSound: (material: Buffer) => boolean;
}

/** Every key spec that can be made. */
export const keySpecs = {
  Aliyun_AES_256: symmetric(32),
  Aliyun_AES_128: symmetric(16),
  Aliyun_SM4: symmetric(16),
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  EC_SM2: sm2(),
} satisfies Record<string, KeySpecFacts>;
export type KeySpec = keyof typeof keySpecs;
export const keySpecNames = Object.keys(keySpecs) as KeySpec[];

/** Whether a key of this spec is a key pair. */
export const isKeyPair = (keySpec: KeySpec): boolean => keySpecs[keySpec].kind === "asymmetric";

function symmetric(bytes: number): KeySpecFacts {
  const newMaterial = () => randomBytes(bytes);
  return {
    kind: "symmetric",
    usage: "ENCRYPT/DECRYPT",
    newMaterial,
    newMaterialBeside: () => Promise.resolve(newMaterial()),
    isSound: (material) => material.length === bytes,
  };
}

function rsa(modulusLength: number): KeySpecFacts {
  const options = {
    modulusLength,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  } as const;
  return {
    kind: "asymmetric",
    usage: "ENCRYPT/DECRYPT",
    newMaterial: () => generateKeyPairSync("rsa", options).privateKey,
    newMaterialBeside: async () => (await promisify(generateKeyPair)("rsa", options)).privateKey,
    isSound: (material) => {
      try {
        const key = createPrivateKey({ key: material, format: "der", type: "pkcs8" });
        return key.asymmetricKeyType === "rsa" && key.asymmetricKeyDetails?.modulusLength === modulusLength;
      } catch {
        return false;
      }
    },
  };
}

function sm2(): KeySpecFacts {
  return {
    kind: "asymmetric",
    usage: "ENCRYPT/DECRYPT",
    newMaterial: newSm2Pair,
    newMaterialBeside: () => Promise.resolve(newSm2Pair()),
    isSound: isSm2Pair,
  };
}
