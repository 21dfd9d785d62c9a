import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createTestStack, type TestStack } from "./testStack";

const pem = (key: KeyObject) => String(key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKeyBlob = pem(rsa.publicKey);
/** Strings that were given and are long enough to be somebody's secret, line by line. */
const valuesOf = (args: object = {}): string[] =>
  Object.values(args)
    .filter((value): value is string => typeof value === "string")
    .flatMap((value) => value.split("\n"))
    .filter((line) => line.length > 20 && !line.startsWith("-----"));
const aCiphertext = { ciphertextBlob: "Y2lwaGVydGV4dA==", encryptionContext: {} };

describe("bad input ends the preview", () => {
  let test: TestStack;

  // Nothing listens there: a preview never calls KMS.
  const configuration = { "alicloud:region": "cn-hangzhou", "alicloud-kms:endpoint": "http://127.0.0.1:1" };

  beforeAll(async () => {
    test = await createTestStack({ env: {} });
    await test.configure(configuration);
  });

  afterAll(() => test.dispose());

  /** What a user reads when the preview of this configuration fails. */
  async function refusal(config: { dataKey?: object; export?: object }): Promise<string> {
    await test.configure({ "test:dataKey": config.dataKey ?? null, "test:export": config.export ?? null });
    const lines: string[] = [];
    await expect(test.stack.preview({ onOutput: (text) => lines.push(text), color: "never" })).rejects.toThrow();
    const text = lines.join("");
    expect(text).not.toMatch(/^\s+at /m); // no stack trace
    for (const key of [config.dataKey, config.export].flatMap((args) => valuesOf(args)))
      expect(text).not.toContain(key);
    return text;
  }

  it("names every fault of a data key at once", async () => {
    const text = await refusal({
      dataKey: {
        keyId: "no key at all",
        keySpec: "AES_512",
        numberOfBytes: 1025,
        encryptionContext: { purpose: "test", attempts: 3 },
        keySpecs: "a typing mistake",
      },
    });
    expect(text).toMatch(/has a problem: keyId names no key \(allowed: a key ID, alias\/<name>, or an ARN/);
    expect(text).toMatch(/has a problem: keySpec is none of the allowed values: AES_256, AES_128/);
    expect(text).toMatch(/has a problem: numberOfBytes must be a whole number from 1 to 1024, and is 1025/);
    expect(text).toMatch(/has a problem: numberOfBytes is given beside keySpec/);
    expect(text).toMatch(/has a problem: encryptionContext.attempts must be a string, and is a number/);
    expect(text).toMatch(/has a problem: keySpecs is not a property \(allowed: keyId, keySpec, numberOfBytes/);
  });

  it.each([0, 1.5])("refuses a length of %d bytes", async (numberOfBytes) => {
    expect(await refusal({ dataKey: { keyId: "alias/orders", numberOfBytes } })).toMatch(
      new RegExp(`has a problem: numberOfBytes must be a whole number from 1 to 1024, and is ${String(numberOfBytes)}`),
    );
  });

  it.each([
    ["a private key", pem(rsa.privateKey), /is a private key/],
    [
      "an RSA key of 3072 bits",
      pem(generateKeyPairSync("rsa", { modulusLength: 3072 }).publicKey),
      /RSA key of 3072 bits/,
    ],
    ["damaged PEM", publicKeyBlob.replace("MII", "M!I"), /is damaged PEM/],
    [
      "a P-256 key",
      pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey),
      /another kind \(ec prime256v1\)/,
    ],
  ])("refuses %s as public key", async (_name, key, reason) => {
    const text = await refusal({ export: { ...aCiphertext, publicKeyBlob: key } });
    expect(text).toMatch(/has a problem: publicKeyBlob /);
    expect(text).toMatch(reason);
    expect(text).toMatch(/allowed: the public key of an RSA key pair of exactly 2,048 bits, or of an SM2 key pair/);
  });

  it("refuses an algorithm, a kind and a fingerprint that do not fit the public key, all at once", async () => {
    const wrong = { wrappingAlgorithm: "SM2PKE", wrappingKeySpec: "EC_SM2", publicKeySha256: "0".repeat(64) };
    const text = await refusal({ export: { ...aCiphertext, publicKeyBlob, ...wrong } });
    expect(text).toMatch(/has a problem: wrappingAlgorithm .* \(allowed: RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1\)/);
    expect(text).toMatch(/has a problem: wrappingKeySpec .* \(allowed: RSA_2048\)/);
    expect(text).toMatch(/has a problem: publicKeySha256 is not the fingerprint of publicKeyBlob/);
  });

  it("says how to set a region where there is none", async () => {
    await test.stack.removeConfig("alicloud:region");
    const text = await refusal({ dataKey: { keyId: "alias/orders" } });
    await test.configure(configuration);
    expect(text).toMatch(/has a problem: connection.region is not set: give it, or .pulumi config set alicloud:region/);
  });
});
