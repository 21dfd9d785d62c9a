/**
 * Plaintext is base64 text and stays text: the acceptance tests of Alibaba's Terraform provider expect KMS to give
 * `plaintext`, which is base64 of nothing, back as it came.
 */
import { decodeBase64 } from "./base64";
import { errors } from "./errors";
import type { Parameters } from "./parameters";

/** What Encrypt takes at most: 6 KB. */
const mostPlaintextBytes = 6144;

/** The text of the Plaintext parameter, for symmetric encryption. The caller clears it. */
export function plaintextText(parameters: Parameters): Buffer {
  const text = parameters.required("Plaintext");
  if (!/^[A-Za-z0-9+/=]+$/.test(text)) throw notBase64();
  const bytes = decodeBase64(text);
  const length = bytes?.fill(0).length ?? text.length;
  if (length > mostPlaintextBytes) {
    throw errors.invalidParameter("Plaintext", `longer than ${mostPlaintextBytes} bytes`);
  }
  return Buffer.from(text, "latin1");
}

/** The bytes of the Plaintext parameter, where nothing but bytes will do. The caller clears them. */
export function plaintextBytes(parameters: Parameters): Buffer {
  const bytes = decodeBase64(parameters.required("Plaintext"));
  if (bytes === undefined) throw notBase64();
  return bytes;
}

/** The text that stands for these bytes. The caller clears it. */
export const textOfBytes = (bytes: Buffer): Buffer => Buffer.from(bytes.toString("base64"), "latin1");

/** The bytes that a ciphertext's text stands for. The caller clears them. */
export function bytesOfText(text: Buffer): Buffer {
  const bytes = decodeBase64(text.toString("latin1"));
  if (bytes === undefined) throw errors.invalidParameter("CiphertextBlob", "what it holds is not base64 of any bytes");
  return bytes;
}

const notBase64 = () => errors.invalidParameter("Plaintext", "must be base64");
