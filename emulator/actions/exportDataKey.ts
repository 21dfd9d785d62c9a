/** ExportDataKey: opens a data key and wraps its bytes under a public key (page "ExportDataKey"). */
import { publicKeyDer } from "../wrapping/publicKey";
import { wrapRsaOaep } from "../wrapping/rsaOaep";
import { wrapSm2 } from "../wrapping/sm2";
import type { Action } from "./action";

/** The algorithms that belong to each type of public key. */
const algorithmsOf = { RSA_2048: ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"], EC_SM2: ["SM2PKE"] } as const;

export const exportDataKey: Action = {
  name: "ExportDataKey",
  cryptographic: true,
  run(call) {
    const keySpec = call.parameters.requiredOneOf("WrappingKeySpec", ["RSA_2048", "EC_SM2"]);
    const algorithm = call.parameters.requiredOneOf<WrappingAlgorithm>("WrappingAlgorithm", algorithmsOf[keySpec]);
    const publicKey = publicKeyDer(call.parameters.required("PublicKeyBlob"));
    const { key, version, plaintext } = call.openedBlob();
    try {
      const ExportedDataKey = wrap(algorithm, publicKey, plaintext).toString("base64");
      return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, ExportedDataKey };
    } finally {
      plaintext.fill(0);
    }
  },
};

type WrappingAlgorithm = (typeof algorithmsOf)[keyof typeof algorithmsOf][number];

function wrap(algorithm: WrappingAlgorithm, publicKey: Buffer, dataKey: Buffer): Buffer {
  switch (algorithm) {
    case "RSAES_OAEP_SHA_256":
      return wrapRsaOaep(publicKey, "sha256", dataKey);
    case "RSAES_OAEP_SHA_1":
      return wrapRsaOaep(publicKey, "sha1", dataKey);
    case "SM2PKE":
      return wrapSm2(publicKey, dataKey);
  }
}
