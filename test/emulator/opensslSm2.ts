/** The openssl command as the other side of SM2: keys and ciphertexts as it reads and writes them. */
import { execFileSync } from "node:child_process";

/** Runs the openssl command and gives what it wrote. */
export const openssl = (...args: string[]): Buffer => execFileSync("openssl", args, { stdio: "pipe" });

/** Raw 04‖X‖Y‖C3‖C2 as the ASN.1 SEQUENCE that OpenSSL reads. */
export function sm2Sequence(raw: Buffer): Buffer {
  const element = (tag: number, content: Buffer): Buffer => {
    const { length } = content;
    const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
    return Buffer.concat([Buffer.from([tag, ...head]), content]);
  };
  const integer = (bytes: Buffer) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.subarray(start);
    return element(2, (trimmed[0] ?? 0) >= 128 ? Buffer.concat([Buffer.alloc(1), trimmed]) : trimmed);
  };
  const [x, y, c3, c2] = [raw.subarray(1, 33), raw.subarray(33, 65), raw.subarray(65, 97), raw.subarray(97)];
  return element(0x30, Buffer.concat([integer(x), integer(y), element(4, c3), element(4, c2)]));
}
