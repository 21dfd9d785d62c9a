import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { startEmulatorProcess, type EmulatorProcess } from "./emulatorProcess";
import { createTestStack, type TestStack } from "./testStack";

const CANARY = "CanarySecretOfTheAccessKey";
const TOKEN = "CanarySecurityToken";

describe("an update that fails", () => {
  const publicKeyBlob = String(
    generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }),
  );
  const dataKey = { keyId: "alias/orders", encryptionContext: { purpose: "test" } };
  let emulator: EmulatorProcess;
  let test: TestStack;
  let before: { key: Record<string, unknown>; exported: Record<string, unknown> };

  beforeAll(async () => {
    emulator = await startEmulatorProcess({
      accessKeys: [{ id: "LTAICanary", secret: CANARY }],
      keys: [{ keyId: "key-hzz000000000000orders", aliases: ["alias/orders"] }],
    });
    test = await createTestStack({
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: CANARY },
    });
    await test.configure({
      "alicloud:region": "cn-hangzhou",
      "alicloud-kms:endpoint": emulator.endpoint,
      "test:dataKey": dataKey,
      "test:export": { publicKeyBlob },
    });
    await test.stack.up();
    before = { key: test.outputsOf("DataKey"), exported: test.outputsOf("ExportedDataKey") };
  });

  afterAll(async () => {
    await emulator.stop();
    test.dispose();
  });

  /** What a user reads when an `up` with this configuration fails; the state must have lost nothing by it. */
  async function failure(config: Record<string, unknown>): Promise<string> {
    await test.configure(config);
    const lines: string[] = [];
    await expect(test.stack.up({ onOutput: (text) => lines.push(text), color: "never" })).rejects.toThrow();
    const text = lines.join("");
    const { ciphertextBlob } = before.key as { ciphertextBlob: string };
    for (const secret of [CANARY, TOKEN, ciphertextBlob, encodeURIComponent(ciphertextBlob)]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/Signature=|[?&]Action=|x-acs-/i); // neither URLs nor headers
    expect(text).not.toMatch(/^\s+at /m); // no stack trace
    expect({ key: test.outputsOf("DataKey"), exported: test.outputsOf("ExportedDataKey") }).toEqual(before);
    return text;
  }

  it("names code, HTTP status, RequestId, host and action of an unknown key, and what to do", async () => {
    const text = await failure({ "test:dataKey": { ...dataKey, keyId: "alias/nobody" } });
    expect(text).toMatch(
      /DescribeKey was refused by KMS: Forbidden.AliasNotFound \(HTTP 404\)\. No such alias in this/,
    );
    expect(text).toMatch(/\[host 127\.0\.0\.1:\d+, RequestId [0-9a-f-]{36}\]/);
  });

  it("names them for a wrong secret, and where the credentials came from", async () => {
    test.stack.workspace.envVars.ALIBABA_CLOUD_ACCESS_KEY_SECRET = "CanaryOfAWrongSecret";
    test.stack.workspace.envVars.ALIBABA_CLOUD_SECURITY_TOKEN = TOKEN;
    // Would make the SDK's transport print every header and URL.
    test.stack.workspace.envVars.DEBUG = "*";
    const text = await failure({ "test:dataKey": { ...dataKey, rotationTriggers: { year: "2" } } });
    test.stack.workspace.envVars.ALIBABA_CLOUD_ACCESS_KEY_SECRET = CANARY;
    delete test.stack.workspace.envVars.ALIBABA_CLOUD_SECURITY_TOKEN;
    delete test.stack.workspace.envVars.DEBUG;
    expect(text).toMatch(/GenerateDataKeyWithoutPlaintext was refused by KMS: \w+ \(HTTP 40\d\)/);
    expect(text).toMatch(
      /credentials from environment ALIBABA_CLOUD_ACCESS_KEY_ID\. \[host .*RequestId [0-9a-f-]{36}\]/,
    );
    expect(text).not.toContain("CanaryOfAWrongSecret");
  });

  it("names code, host and action of an endpoint where nothing listens", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const text = await failure({
      "alicloud-kms:endpoint": `http://127.0.0.1:${String(port)}`,
      "test:dataKey": { ...dataKey, rotationTriggers: { year: "2" } },
    });
    expect(text).toMatch(/GenerateDataKeyWithoutPlaintext got no answer: ECONNREFUSED \(no HTTP status\)/);
    expect(text).toContain(`[host 127.0.0.1:${String(port)}, RequestId none]`);
  });

  it("refuses to carry a stack of an emulator on against the real service, before anything is changed", async () => {
    const text = await failure({ "alicloud-kms:endpoint": "https://kms.cn-hangzhou.aliyuncs.com" });
    expect(text).toMatch(/has a problem: connection leads to the real KMS, but this resource was made on an emulator/);
    expect(text).toMatch(/use another stack/);
  });

  it("is finished by the next up, once the fault is gone", async () => {
    await test.configure({
      "alicloud-kms:endpoint": emulator.endpoint,
      "test:dataKey": { ...dataKey, rotationTriggers: { year: "2" } },
    });
    const { summary } = await test.stack.up();
    expect(summary.resourceChanges).toEqual({ same: 1, update: 2 });
    const { previousVersions } = test.outputsOf("DataKey") as { previousVersions: { ciphertextBlob: string }[] };
    expect(previousVersions.map(({ ciphertextBlob }) => ciphertextBlob)).toEqual([before.key.ciphertextBlob]);
  });
});
