import { startEmulator, type CallRecord, type Emulator, type EmulatorOptions } from "../../emulator/emulator";
import { testHost, type TestHost, type Values } from "./testHost";

export const KEY_A = "key-aaaaaaaaaaaaaaaaaaaaa";
export const KEY_B = "key-bbbbbbbbbbbbbbbbbbbbb";
export const KEY_DISABLED = "key-ccccccccccccccccccccc";
export const ACCOUNT = "1234567890123456";

/** A secret that nothing may ever show. */
export const SECRET = "CANARY.access-key-secret.71c2";

/** An emulator with keys, and hosts that lead to it. */
export interface TestKms {
  emulator: Emulator;
  calls: CallRecord[];
  /** The actions that were called since the last time this was asked. */
  newCalls(): (string | null)[];
  /** A host that is configured for the emulator, as an access key that may do everything. */
  host(config?: Values, signal?: AbortSignal): TestHost;
  /** The same, as an access key that may do only this. */
  hostAllowed(...permissions: Permission[]): TestHost;
  close(): Promise<void>;
}

const PERMISSIONS = {
  "kms:GenerateDataKeyWithoutPlaintext": "generator",
  "kms:DescribeKey": "describer",
} as const;
type Permission = keyof typeof PERMISSIONS;

/** Starts an emulator in this process: real signatures, real cryptography, nothing on disk. */
export async function startTestKms(options: EmulatorOptions = {}): Promise<TestKms> {
  const calls: CallRecord[] = [];
  let seen = 0;
  const emulator = await startEmulator({
    qps: 0,
    seed: {
      accessKeys: [
        { id: "everything", secret: SECRET },
        { id: "nothing", secret: SECRET, allow: [] },
        ...Object.entries(PERMISSIONS).map(([permission, id]) => ({ id, secret: SECRET, allow: [permission] })),
      ],
      keys: [
        { keyId: KEY_A, aliases: ["alias/a", "alias/also-a"] },
        { keyId: KEY_B, aliases: ["alias/b"] },
        { keyId: KEY_DISABLED, aliases: ["alias/disabled"], state: "Disabled" },
      ],
    },
    onCall: (call) => void calls.push(call),
    ...options,
  });
  const hostOf = (accessKey: string, config: Values = {}, signal?: AbortSignal) =>
    testHost(
      {
        "alicloud:region": emulator.region,
        "alicloud-kms:endpoint": emulator.endpoint,
        "alicloud:accessKey": accessKey,
        "alicloud:secretKey": SECRET,
        ...config,
      },
      {},
      signal,
    );
  return {
    emulator,
    calls,
    newCalls() {
      const actions = calls.slice(seen).map(({ action }) => action);
      seen = calls.length;
      return actions;
    },
    host: (config, signal) => hostOf("everything", config, signal),
    hostAllowed: (...permissions) => hostOf(permissions.map((name) => PERMISSIONS[name])[0] ?? "nothing"),
    close: () => emulator.close(),
  };
}
