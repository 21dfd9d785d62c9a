import { startEmulator, type Emulator } from "../../emulator/emulator";
import { call, callOk } from "./clients";

const KEY = "key-hzz000000000000orders";
const ARN = `acs:kms:cn-hangzhou:1234567890123456:key/${KEY}`;

describe("an access key of another account", () => {
  let emulator: Emulator;
  const other = () => ({ ...emulator, accessKeyId: "other", accessKeySecret: "secret" });

  beforeAll(async () => {
    emulator = await startEmulator({
      seed: {
        accessKeys: [
          { id: "own", secret: "secret" },
          { id: "other", secret: "secret", account: "2222222222222222" },
        ],
        keys: [{ keyId: KEY, aliases: ["alias/orders"] }],
      },
    });
  });
  afterAll(() => emulator.close());

  test("uses a key by its ARN, and the answer names the ID", async () => {
    const made = await callOk(other(), "GenerateDataKey", { KeyId: ARN });
    expect(made.KeyId).toBe(KEY);
    const { CiphertextBlob, Plaintext } = made;
    expect((await callOk(other(), "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
    expect((await callOk(emulator, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
    expect((await callOk(other(), "DescribeKey", { KeyId: ARN })).KeyMetadata.Arn).toBe(ARN);
  });

  test.each([
    [KEY, "Forbidden.KeyNotFound"],
    ["alias/orders", "Forbidden.AliasNotFound"],
    [ARN.replace("1234567890123456", "2222222222222222"), "Forbidden.KeyNotFound"],
  ])("does not reach it as %s", async (KeyId, Code) => {
    expect(await call(other(), "GenerateDataKey", { KeyId })).toMatchObject({ status: 404, body: { Code } });
  });

  test.each(["CreateKey", "ListKeys", "DisableKey", "ScheduleKeyDeletion", "CreateAlias"])(
    "may not %s",
    async (action) => {
      const refused = { status: 403, body: { Code: "Forbidden.NoPermission" } };
      expect(await call(other(), action, { KeyId: ARN, PendingWindowInDays: "7" })).toMatchObject(refused);
    },
  );
});

test("the limit of calls per second holds for each account by itself, whatever its number of access keys", async () => {
  const emulator = await startEmulator({
    qps: 1,
    seed: {
      accessKeys: [
        { id: "own", secret: "secret" },
        { id: "own by number", secret: "secret", account: "1234567890123456" },
        { id: "other", secret: "secret", account: "2222222222222222" },
      ],
      keys: [{ keyId: KEY }],
    },
  });
  // The bucket fills by this clock: a second that never passes.
  const clock = jest.spyOn(performance, "now").mockReturnValue(performance.now());
  const statusFor = async (accessKeyId: string) =>
    (await call({ ...emulator, accessKeyId }, "GenerateDataKey", { KeyId: ARN })).status;
  try {
    expect([await statusFor("other"), await statusFor("other")]).toEqual([200, 429]);
    expect([await statusFor("own"), await statusFor("own by number")]).toEqual([200, 429]);
  } finally {
    clock.mockRestore();
    await emulator.close();
  }
});
