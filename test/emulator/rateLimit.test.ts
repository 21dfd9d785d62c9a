import "../provider/errorsOfNode";
import { startEmulator, type CallRecord } from "../../emulator/emulator";
import { connectKms } from "../../provider/kms/connectKms";
import { resolveTarget } from "../../provider/kms/connection";
import { testHost } from "../provider/testHost";

test("the provider's client meets the limit, slows down and finishes", async () => {
  const calls: CallRecord[] = [];
  const emulator = await startEmulator({
    qps: 50,
    onCall: (record) => calls.push(record),
    seed: { keys: [{ aliases: ["alias/a"] }] },
  });
  const { settings } = testHost({
    "alicloud-kms:accessKey": emulator.accessKeyId,
    "alicloud-kms:secretKey": emulator.accessKeySecret,
  });
  const kms = connectKms(resolveTarget({ region: "cn-hangzhou", endpoint: emulator.endpoint }, settings), settings);
  const asked = Array.from({ length: 200 }, () => kms.generateDataKeyWithoutPlaintext({ keyId: "alias/a" }));
  expect(new Set((await Promise.all(asked)).map(({ ciphertextBlob }) => ciphertextBlob)).size).toBe(200);
  expect(calls.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  expect(calls.filter(({ status }) => status === 200)).toHaveLength(200);
  await emulator.close();
});
