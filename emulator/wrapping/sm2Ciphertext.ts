/**
 * The two forms of an SM2 ciphertext: raw 04 ‖ X ‖ Y ‖ C3 ‖ C2 (GM/T 0003.4, C1C3C2), and the DER of
 * SEQUENCE { INTEGER X, INTEGER Y, OCTET STRING C3, OCTET STRING C2 } (GM/T 0009). Their first bytes tell them apart.
 */

/** A ciphertext taken apart; whether it is genuine shows only when it is opened. */
export interface Sm2Ciphertext {
  readonly x: Buffer;
  readonly y: Buffer;
  /** The hash over plaintext and shared point. */
  readonly c3: Buffer;
  /** The masked plaintext. */
  readonly c2: Buffer;
}

const coordinateBytes = 32;
const hashBytes = 32;

/** Takes a ciphertext apart; undefined where it has neither form. */
export function sm2CiphertextOf(bytes: Buffer): Sm2Ciphertext | undefined {
  const found = bytes[0] === 0x04 ? fromRaw(bytes) : fromSequence(bytes);
  return found?.c3.length === hashBytes && found.c2.length > 0 ? found : undefined;
}

function fromRaw(bytes: Buffer): Sm2Ciphertext {
  const [xEnd, yEnd] = [1 + coordinateBytes, 1 + 2 * coordinateBytes];
  return {
    x: bytes.subarray(1, xEnd),
    y: bytes.subarray(xEnd, yEnd),
    c3: bytes.subarray(yEnd, yEnd + hashBytes),
    c2: bytes.subarray(yEnd + hashBytes),
  };
}

function fromSequence(bytes: Buffer): Sm2Ciphertext | undefined {
  const sequence = readElement(bytes, 0x30);
  if (sequence?.rest.length !== 0) return undefined;
  const first = readElement(sequence.content, 0x02);
  const second = first && readElement(first.rest, 0x02);
  const third = second && readElement(second.rest, 0x04);
  const fourth = third && readElement(third.rest, 0x04);
  if (fourth?.rest.length !== 0) return undefined;
  const [x, y] = [coordinate(first?.content), coordinate(second?.content)];
  if (x === undefined || y === undefined || third === undefined) return undefined;
  return { x, y, c3: third.content, c2: fourth.content };
}

/** The element of this tag at the start, and what follows it. Lengths as DER has them, up to two bytes. */
function readElement(bytes: Buffer, tag: number): { content: Buffer; rest: Buffer } | undefined {
  const [first, short = 0x80] = bytes;
  if (first !== tag) return undefined;
  const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
  const start = 2 + lengthBytes;
  if (short === 0x80 || lengthBytes > 2 || bytes.length < start) return undefined;
  const length = lengthBytes === 0 ? short : bytes.readUIntBE(2, lengthBytes);
  const shortest = lengthBytes === 0 || length >= (lengthBytes === 1 ? 0x80 : 0x100);
  if (!shortest || bytes.length < start + length) return undefined;
  return { content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
}

/** The 32 bytes of a positive INTEGER in its shortest form. */
function coordinate(integer: Buffer | undefined): Buffer | undefined {
  const [first, second = 0] = integer ?? [];
  if (integer === undefined || first === undefined || first >= 0x80) return undefined;
  const padded = first === 0 && integer.length > 1;
  if (padded && second < 0x80) return undefined;
  const digits = padded ? integer.subarray(1) : integer;
  if (digits.length > coordinateBytes) return undefined;
  return Buffer.concat([Buffer.alloc(coordinateBytes - digits.length), digits]);
}
