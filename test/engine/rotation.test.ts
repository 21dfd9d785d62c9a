import { generateKeyPairSync } from "node:crypto";
import type { UpResult } from "@pulumi/pulumi/automation";
import { decryptWithSdk } from "./decryptWithSdk";
import { startEmulatorProcess, type EmulatorProcess } from "./emulatorProcess";
import { createTestStack, type TestStack } from "./testStack";

interface Version {
  ciphertextBlob: string;
  encryptionContext?: Record<string, string>;
}
type KeyOutputs = Version & { resolvedKeyId: string; dataKeyBytes: number; previousVersions: Version[] };

const ORDERS = "key-hzz000000000000orders";
const BILLS = "key-hzz0000000000000bills";

describe("a data key and its export on the real engine", () => {
  const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
    type: "spki",
    format: "pem",
  });
  const args = { keyId: "alias/orders", encryptionContext: { purpose: "test" }, rotationTriggers: { year: "1" } };
  let emulator: EmulatorProcess;
  let test: TestStack;

  beforeAll(async () => {
    emulator = await startEmulatorProcess({
      keys: [
        { keyId: ORDERS, aliases: ["alias/orders"] },
        { keyId: BILLS, aliases: ["alias/bills"] },
      ],
    });
    test = await createTestStack({
      env: {
        ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      },
    });
    await test.configure({ "alicloud:region": "cn-hangzhou", "alicloud-kms:endpoint": emulator.endpoint });
    await up({ dataKey: args, export: { publicKeyBlob: publicKey } });
  });

  afterAll(async () => {
    await emulator.stop();
    test.dispose();
  });

  /** One `pulumi up` with this configuration, and the calls that KMS got from it. */
  async function up(config: object): Promise<{ result: UpResult; actions: string[] }> {
    const before = emulator.calls().length;
    await test.configure(Object.fromEntries(Object.entries(config).map(([name, value]) => [`test:${name}`, value])));
    const result = await test.stack.up();
    return {
      result,
      actions: emulator
        .calls()
        .slice(before)
        .map(({ action }) => action),
    };
  }

  const key = () => test.outputsOf("DataKey") as unknown as KeyOutputs;
  const exported = () => test.outputsOf("ExportedDataKey");

  it("changes nothing and calls nothing in an up without a change", async () => {
    const { result, actions } = await up({});
    expect(result.summary.resourceChanges).toEqual({ same: 3 });
    expect(actions).toEqual([]);
  });

  it("keeps ciphertexts and credentials out of every file of the backend", async () => {
    const { ciphertextBlob } = key();
    const { exportedDataKey } = exported() as { exportedDataKey: string };
    const backend = test.backendText();
    expect(backend).toContain("alias/orders");
    for (const secret of [ciphertextBlob, exportedDataKey, emulator.accessKeySecret, emulator.accessKeyId]) {
      expect(backend).not.toContain(secret);
    }
    expect((await test.stack.outputs()).ciphertextBlob?.secret).toBe(true);
  });

  it.each([
    ["another rotation trigger", { ...args, rotationTriggers: { year: "2" } }],
    ["another KMS key", { ...args, rotationTriggers: { year: "2" }, keyId: "alias/bills" }],
    ["another key spec", { ...args, rotationTriggers: { year: "2" }, keyId: "alias/bills", keySpec: "AES_128" }],
    [
      "another context",
      {
        keyId: "alias/bills",
        rotationTriggers: { year: "2" },
        keySpec: "AES_128",
        encryptionContext: { purpose: "x" },
      },
    ],
  ])("rotates in place for %s, and the export follows in the same up", async (_change, changed) => {
    const [oldKey, oldExport] = [key(), exported()];
    const oldPlaintext = await decryptWithSdk(emulator, oldKey);

    const { result, actions } = await up({ dataKey: changed });
    const [newKey, newExport] = [key(), exported()];

    expect(result.summary.resourceChanges).toEqual({ same: 1, update: 2 });
    expect(actions).toEqual(expect.arrayContaining(["GenerateDataKeyWithoutPlaintext", "ExportDataKey"]));
    expect(newKey.ciphertextBlob).not.toBe(oldKey.ciphertextBlob);
    expect(newExport.ciphertextBlob).toBe(newKey.ciphertextBlob);
    expect(newExport.exportedDataKey).not.toBe(oldExport.exportedDataKey);
    expect(newKey.previousVersions).toHaveLength(oldKey.previousVersions.length + 1);
    const [previous = { ciphertextBlob: "" }] = newKey.previousVersions;
    expect(previous.ciphertextBlob).toBe(oldKey.ciphertextBlob);
    expect(await decryptWithSdk(emulator, previous)).toEqual(oldPlaintext);
  });

  it("generates nothing when an alias is exchanged for the ID of the same key", async () => {
    const before = key();
    const changed = { rotationTriggers: { year: "2" }, keySpec: "AES_128", encryptionContext: { purpose: "x" } };
    const { result, actions } = await up({ dataKey: { ...changed, keyId: BILLS } });
    expect(result.summary.resourceChanges).toMatchObject({ update: 1 });
    expect(actions).toEqual([]);
    expect(key()).toMatchObject({ ciphertextBlob: before.ciphertextBlob, keyId: BILLS });

    const { actions: backAgain } = await up({ dataKey: { ...changed, keyId: "alias/bills" } });
    expect(backAgain).toEqual(["DescribeKey"]);
    expect(key().ciphertextBlob).toBe(before.ciphertextBlob);
  });

  it("changes nothing when the public key is given as base64 instead of PEM", async () => {
    const base64 = String(publicKey).replace(/-----[A-Z ]+-----|\s/g, "");
    const { result, actions } = await up({ export: { publicKeyBlob: base64 } });
    expect(result.summary.resourceChanges).toEqual({ same: 3 });
    expect(actions).toEqual([]);
  });

  it("refreshes without a change and reports the state of the KMS key", async () => {
    const before = key();
    const { summary } = await test.stack.refresh({ expectNoChanges: true });
    expect(summary.result).toBe("succeeded");
    expect(key()).toEqual(before);
    expect(before).toMatchObject({ keyState: "Enabled" });
  });

  it("destroys without a call to KMS", async () => {
    const before = emulator.calls().length;
    const { summary } = await test.stack.destroy();
    expect(summary.resourceChanges).toEqual({ delete: 3 });
    expect(emulator.calls()).toHaveLength(before);
  });
});
