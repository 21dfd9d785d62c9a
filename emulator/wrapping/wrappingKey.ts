/** The public key that a data key is to be exported under: PublicKeyBlob, WrappingKeySpec, WrappingAlgorithm. */
import { errors } from "../errors";
import type { Parameters } from "../parameters";
import { algorithmsOf, encryptFor, mostBytes } from "./encryptionAlgorithm";
import { publicKeyDer } from "./publicKey";

/** Wraps a data key; the parameter it came from is named where it is too long. */
export type Wrap = (dataKey: Buffer, parameter: string) => string;

/** Reads and checks the three parameters. */
export function wrappingKey(parameters: Parameters): Wrap {
  const keySpec = parameters.requiredOneOf("WrappingKeySpec", ["RSA_2048", "EC_SM2"]);
  const algorithm = parameters.requiredOneOf("WrappingAlgorithm", algorithmsOf(keySpec));
  const der = publicKeyDer(parameters.required("PublicKeyBlob"), keySpec);
  const most = mostBytes(algorithm, der);
  return (dataKey, parameter) => {
    if (dataKey.length > most) throw errors.invalidParameter(parameter, `this algorithm wraps at most ${most} bytes`);
    return encryptFor(algorithm, der, dataKey).toString("base64");
  };
}
