import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { parsePublicKey } from "../../../provider/crypto/publicKey";
import { CANARY, leaks } from "../canary";
import { derOf, ecPair, pemOf, rsaPair, rsaWithExponent } from "../keyPairs";

const rsa = rsaPair();
const sm2 = ecPair("SM2");
const base64 = (der: Buffer) => der.toString("base64");

/** What is wrong with a text; a key that can be used is a failure of the test. */
function faultOf(text: string): string {
  const parsed = parsePublicKey(text);
  if ("key" in parsed) throw new Error(`took it for a key of kind ${parsed.key.wrappingKeySpec}`);
  return parsed.fault;
}

const exported = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1") =>
  ({ pem: key.export({ type, format: "pem" }).toString(), der: base64(key.export({ type, format: "der" })) }) as const;

const PRIVATE = /^is a private key: it must not leave its HSM\. If it came from .* \(allowed: /;

describe.each([
  ["RSA_2048", rsa.publicKey],
  ["EC_SM2", sm2.publicKey],
])("a key of kind %s", (wrappingKeySpec, publicKey) => {
  const pem = pemOf(publicKey);
  const spki = derOf(publicKey);
  const expected = { key: { wrappingKeySpec, spki, sha256: createHash("sha256").update(spki).digest("hex") } };

  test.each([
    ["PEM", pem],
    ["PEM without its last line end", pem.trim()],
    ["PEM with CRLF", pem.replaceAll("\n", "\r\n")],
    ["PEM within white space", `\n\t ${pem} \r\n`],
    ["PEM with indented lines", pem.replaceAll("\n", "\n    ")],
    ["PEM on one line", pem.replaceAll("\n", "")],
    ["base64", base64(spki)],
    ["base64 within white space", `  ${base64(spki)}\r\n`],
    ["base64 in lines", base64(spki).replace(/(.{64})/g, "$1\n")],
  ])("is read from %s", (_, text) => {
    expect(parsePublicKey(text)).toEqual(expected);
  });

  test.each([
    ["a PEM without its end", pem.replace(/-----END.*/s, "")],
    ["a PEM with a missing character", pem.replace(/^(.*\n.{10})./, "$1")],
    ["a PEM with a strange character", pem.replace(/^(.*\n.{10})./, "$1*")],
    ["a PEM with its line ends as text", pem.replaceAll("\n", "\\n")],
    ["two PEMs", pem + pem],
    ["an empty PEM", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"],
  ])("is refused from %s", (_, text) => {
    expect(faultOf(text)).toMatch(/^is damaged PEM \(allowed: /);
  });

  test.each([
    ["base64url", spki.toString("base64url")],
    ["hex with a colon", `${spki.toString("hex")}:`],
    ["base64 without padding", base64(Buffer.concat([spki, Buffer.of(0)])).replace(/=+$/, "") + "=A"],
    ["quoted PEM", `"${pem}"`],
  ])("is refused from %s", (_, text) => {
    expect(faultOf(text)).toMatch(/^is neither PEM nor base64 \(allowed: /);
  });

  test("is refused with bytes after it", () => {
    expect(parsePublicKey(base64(Buffer.concat([spki, Buffer.alloc(3)])))).toEqual({
      fault: expect.stringMatching(/^is /) as unknown,
    });
  });

  test("is refused with its end cut off", () => {
    expect(faultOf(base64(spki.subarray(0, -4)))).toMatch(/^is not a readable public key \(allowed: /);
  });
});

test("every fault says what is allowed", () => {
  expect(faultOf("rubbish!")).toBe(
    "is neither PEM nor base64 (allowed: the public key of an RSA key pair of exactly 2,048 bits, or of an SM2 key " +
      "pair, as PEM (-----BEGIN PUBLIC KEY-----) or as base64 of its SubjectPublicKeyInfo)",
  );
});

describe("a private key is refused as one", () => {
  const p256 = ecPair("prime256v1");
  test.each([
    ["RSA, PKCS#8 PEM", exported(rsa.privateKey, "pkcs8").pem],
    ["RSA, PKCS#8 base64", exported(rsa.privateKey, "pkcs8").der],
    ["RSA, PKCS#1 PEM", exported(rsa.privateKey, "pkcs1").pem],
    ["RSA, PKCS#1 base64", exported(rsa.privateKey, "pkcs1").der],
    ["SM2, PKCS#8 PEM", exported(sm2.privateKey, "pkcs8").pem],
    ["SM2, PKCS#8 base64", exported(sm2.privateKey, "pkcs8").der],
    ["SM2, SEC1 PEM", exported(sm2.privateKey, "sec1").pem],
    ["SM2, SEC1 base64", exported(sm2.privateKey, "sec1").der],
    ["P-256, SEC1 PEM", exported(p256.privateKey, "sec1").pem],
    ["P-256, SEC1 base64", exported(p256.privateKey, "sec1").der],
    ["Ed25519, PKCS#8 PEM", exported(generateKeyPairSync("ed25519").privateKey, "pkcs8").pem],
    [
      "RSA, encrypted PEM",
      rsa.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString(),
    ],
    [
      "RSA, PKCS#8 under the label of a public key",
      exported(rsa.privateKey, "pkcs8").pem.replaceAll("PRIVATE", "PUBLIC"),
    ],
    ["OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"],
    ["damaged PEM", "-----BEGIN PRIVATE KEY-----\n*"],
  ])("%s", (_, text) => {
    expect(faultOf(text)).toMatch(PRIVATE);
  });

  // What `openssl ecparam -name SM2 -genkey` prints.
  test("SM2, after its curve's parameters", () => {
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n";
    expect(faultOf(parameters + exported(sm2.privateKey, "sec1").pem)).toMatch(PRIVATE);
  });

  // What `openssl pkcs12 -nodes` prints.
  test("RSA, after text about it", () => {
    expect(faultOf(`Bag Attributes\n    friendlyName: hsm\n${exported(rsa.privateKey, "pkcs8").pem}`)).toMatch(PRIVATE);
  });

  test("RSA, after its own public key", () => {
    expect(faultOf(pemOf(rsa.publicKey) + exported(rsa.privateKey, "pkcs8").pem)).toMatch(PRIVATE);
  });
});

describe("a key of another kind is refused with its kind", () => {
  const small = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey;
  test.each([
    ["RSA 3072", pemOf(rsaPair(3072).publicKey), "is an RSA key of 3072 bits"],
    ["RSA 1024", pemOf(rsaPair(1024).publicKey), "is an RSA key of 1024 bits"],
    ["RSA with exponent 1", pemOf(rsaWithExponent(1, rsa.publicKey)), "is an RSA key with an exponent below 3"],
    ["P-256", pemOf(ecPair("prime256v1").publicKey), "is a key of another kind (ec prime256v1)"],
    ["P-256 in base64", base64(derOf(ecPair("prime256v1").publicKey)), "is a key of another kind (ec prime256v1)"],
    ["P-384", pemOf(ecPair("secp384r1").publicKey), "is a key of another kind (ec secp384r1)"],
    ["Ed25519", pemOf(generateKeyPairSync("ed25519").publicKey), "is a key of another kind (ed25519)"],
    ["RSA-PSS", pemOf(small), "is a key of another kind (rsa-pss)"],
    ["PKCS#1", rsa.publicKey.export({ type: "pkcs1", format: "pem" }).toString(), "is PKCS#1: convert it with"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is a certificate: take its key"],
    ["an SSH key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE me@here", "is neither PEM nor base64"],
    [
      "a request",
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      "is PEM of something",
    ],
    ["base64 of rubbish", base64(Buffer.from("rubbish")), "is not a readable public key"],
  ])("%s", (_, text, fault) => {
    expect(faultOf(text)).toContain(fault);
    expect(faultOf(text)).toContain("(allowed: ");
  });
});

test("takes RSA with exponent 3, as older HSMs make it", () => {
  expect(parsePublicKey(pemOf(rsaWithExponent(3, rsa.publicKey)))).toHaveProperty("key.wrappingKeySpec", "RSA_2048");
});

test("refuses an SM2 point that is not on the curve", () => {
  const spki = Buffer.from(derOf(sm2.publicKey));
  spki.writeUInt8(spki.readUInt8(spki.length - 1) ^ 1, spki.length - 1);
  expect(faultOf(base64(spki))).toMatch(/^is not a readable public key \(allowed: /);
});

test("refuses an SM2 key in compressed form", () => {
  const { length } = derOf(sm2.publicKey);
  const point = derOf(sm2.publicKey).subarray(length - 65);
  const sign = 2 + (point.readUInt8(64) & 1);
  const algorithm = derOf(sm2.publicKey).subarray(2, 23);
  const compressed = Buffer.concat([
    Buffer.of(0x30, 0x39),
    algorithm,
    Buffer.of(0x03, 0x22, 0, sign),
    point.subarray(1, 33),
  ]);
  expect(faultOf(base64(compressed))).toMatch(/^is /);
});

test("no fault repeats anything of the text", () => {
  const texts = [
    CANARY,
    Buffer.from(CANARY).toString("base64"),
    `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
    `-----BEGIN PUBLIC KEY-----\n${CANARY}\n-----END PUBLIC KEY-----`,
    `-----BEGIN PUBLIC KEY-----\n${Buffer.from(CANARY).toString("base64")}\n-----END PUBLIC KEY-----`,
    `-----BEGIN CERTIFICATE-----\n${CANARY}\n-----END CERTIFICATE-----`,
  ];
  expect(texts.flatMap((text) => leaks(faultOf(text), CANARY))).toEqual([]);
});
