import "../errorsOfNode";
import { readKeyState } from "../../../provider/resources/keyState";
import { CANARY, leaks } from "../canary";
import { answerJson, deadServer, kmsError, startFaultServer } from "../faultServer";
import { testHost } from "../testHost";
import { KEY_A, KEY_DISABLED, SECRET, startTestKms, type TestKms } from "../testKms";

let kms: TestKms;
beforeAll(async () => void (kms = await startTestKms()));
afterAll(() => kms.close());

beforeEach(() => void jest.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => jest.restoreAllMocks());

test("of an enabled key is told without a warning", async () => {
  const host = kms.host();
  await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Enabled");
  expect(host.warnings).toEqual([]);
});

test("of a disabled key is told with a warning", async () => {
  const host = kms.host();
  await expect(readKeyState(host, {}, KEY_DISABLED)).resolves.toBe("Disabled");
  expect(host.warnings).toEqual([
    `The KMS key ${KEY_DISABLED} under a data key is in state Disabled. The ciphertext was kept as it is.`,
  ]);
});

test.each(["PendingDeletion", "PendingImport", "Unavailable"])("%s is told as KMS tells it", async (KeyState) => {
  const server = await startFaultServer((response) =>
    answerJson(response, 200, { KeyMetadata: { KeyId: KEY_A, KeyState } }),
  );
  try {
    const host = kms.host({ "alicloud-kms:endpoint": server.endpoint });
    await expect(readKeyState(host, {}, KEY_A)).resolves.toBe(KeyState);
    expect(host.warnings).toHaveLength(1);
  } finally {
    await server.close();
  }
});

test("that nobody has heard of is unknown, and not repeated", async () => {
  const server = await startFaultServer((response) =>
    answerJson(response, 200, { KeyMetadata: { KeyId: KEY_A, KeyState: CANARY } }),
  );
  try {
    const host = kms.host({ "alicloud-kms:endpoint": server.endpoint });
    await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
    expect(leaks(host.warnings, CANARY)).toEqual([]);
  } finally {
    await server.close();
  }
});

test("of a key that is gone is NotFound", async () => {
  const host = kms.host();
  await expect(readKeyState(host, {}, "key-000000000000000000000")).resolves.toBe("NotFound");
  expect(host.warnings).toHaveLength(1);
});

test("is unknown where it may not be asked, and the warning says why", async () => {
  const host = kms.hostAllowed("kms:GenerateDataKeyWithoutPlaintext");
  await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
  expect(host.warnings.join()).toMatch(/is in state Unknown \(DescribeKey was refused by KMS: Forbidden\.NoPermission/);
  expect(leaks(host.warnings, SECRET)).toEqual([]);
});

test("is unknown where KMS cannot be reached, and the warning says why", async () => {
  const { endpoint } = await deadServer();
  const host = kms.host({ "alicloud-kms:endpoint": endpoint });
  await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
  expect(host.warnings.join()).toMatch(/is in state Unknown \(DescribeKey got no answer: ECONNREFUSED/);
});

test("is unknown where the answer is not KMS's", async () => {
  const server = await startFaultServer((response) => answerJson(response, 200, { RequestId: "x" }));
  try {
    const host = kms.host({ "alicloud-kms:endpoint": server.endpoint });
    await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
    expect(host.warnings).toHaveLength(1);
  } finally {
    await server.close();
  }
});

test.each([
  ["region", testHost()],
  ["whole access key", testHost({ "alicloud:region": "cn-hangzhou", "alicloud:accessKey": "half" })],
])("is unknown where there is no %s", async (_, host) => {
  await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
  expect(host.warnings).toHaveLength(1);
});

test("is asked where the resource's connection says", async () => {
  const host = kms.host({ "alicloud-kms:endpoint": "http://127.0.0.1:1" });
  const { region, endpoint } = kms.emulator;
  await expect(readKeyState(host, { connection: { region, endpoint } }, KEY_A)).resolves.toBe("Enabled");
});

test("is unknown where KMS refuses for another reason", async () => {
  const server = await startFaultServer((response) => answerJson(response, 404, kmsError("Forbidden.AliasNotFound")));
  try {
    const host = kms.host({ "alicloud-kms:endpoint": server.endpoint });
    await expect(readKeyState(host, {}, KEY_A)).resolves.toBe("Unknown");
  } finally {
    await server.close();
  }
});

test("of a key of the other world is not asked for", async () => {
  const host = kms.host();
  kms.newCalls();
  await expect(readKeyState(host, { emulated: false }, KEY_A)).resolves.toBe("Unknown");
  expect(kms.newCalls()).toEqual([]);
  expect(host.warnings[0]).toContain("was made on the real KMS");
});
