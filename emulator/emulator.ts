/** An emulator of Alibaba Cloud KMS, started in this process. The command (main.ts) is a thin layer over it. */
import { isIPv6 } from "node:net";
import { AccessKeys } from "./accessKeys";
import { actions } from "./actions";
import type { CallRecord } from "./callLog";
import { Faults } from "./faults/faults";
import { startControlServer, type ControlServer } from "./faults/controlServer";
import type { FaultOrder } from "./faults/fault";
import { KeyStore } from "./keys/keyStore";
import { Nonces } from "./nonces";
import { outcomeOf } from "./outcome";
import { applySeed, checkSeed, type Seed } from "./seed";
import { ApiServer } from "./server";
import { Service } from "./service";
import { StartFault } from "./startFault";
import { openDataFolder } from "./storage/dataFolder";
import { checkLocation, claimRecords } from "./storage/origin";
import { memoryRecords, type Records } from "./storage/records";
import { writeCaFile, type CaFile } from "./tls/caFile";
import { gatewayCertificate, instanceFormText, isInstanceId, privateCa, type Tls } from "./tls/privateCa";
import { AccountBuckets } from "./tokenBucket";

export type { CallRecord } from "./callLog";
export type { Fault, FaultOrder } from "./faults/fault";
export type { Seed, SeedKey } from "./seed";
export { StartFault } from "./startFault";

/** How to start an emulator; everything has a default. */
export interface EmulatorOptions {
  /** The address to listen on: 127.0.0.1. */
  host?: string;
  /** The port: 0, any free one. */
  port?: number;
  /** The folder that keys are kept in; without it they end with the emulator. */
  data?: string;
  /** Access keys and keys to start with. */
  seed?: Seed;
  /** The region that the emulator stands for: cn-hangzhou. */
  region?: string;
  /** The account that the emulator stands for: 1234567890123456. */
  account?: string;
  /** Cryptographic calls per second: 750, as documented; 0 for no limit. */
  qps?: number;
  /** Certificate chain and private key as PEM text; with them the emulator speaks HTTPS. */
  tls?: Tls;
  /** The KMS instance (`kst-…`) whose dedicated gateway this is: HTTPS, cryptographic actions only. */
  instance?: string;
  /** The port on loopback on which faults can be ordered: 0, any free one; without it there is none. */
  controlPort?: number;
  /** The time that keys live by, for rotation and deletion; signatures are checked by the machine's own. */
  keyClock?: () => Date;
  /** Called for each call, before it is answered. */
  onCall?: (call: CallRecord) => void;
}

/** A running emulator. */
export interface Emulator {
  /** `http://host:port`, or https. */
  endpoint: string;
  region: string;
  account: string;
  /** The first access key. */
  accessKeyId: string;
  accessKeySecret: string;
  /** Where the certificate of the CA lies that the emulator made for its instance, as PEM. */
  caCertificate?: string;
  /** `http://127.0.0.1:port`, where faults can be ordered. */
  control?: string;
  /** Makes the next calls of an action go wrong. */
  fail(order: FaultOrder): void;
  /** Finishes the calls under way, and ends. */
  close(): Promise<void>;
}

/** Starts an emulator. What its caller did wrong is a StartFault; nothing is written before the port is its own. */
export async function startEmulator(given: EmulatorOptions = {}): Promise<Emulator> {
  const { host = "127.0.0.1", port = 0, region = "cn-hangzhou", account = "1234567890123456", qps = 750 } = given;
  const { instance } = given;
  if (instance !== undefined && !isInstanceId(instance)) {
    throw new StartFault(`--instance: must be ${instanceFormText}`);
  }
  const location = { region, account };
  checkLocation(location);
  const seed = checkSeed(given.seed ?? {});
  const secure = given.tls !== undefined || instance !== undefined;
  const server = new ApiServer(secure);
  const faults = new Faults([...actions.keys()]);
  let control: ControlServer | undefined;
  let records: Records | undefined;
  let caFile: CaFile | undefined;
  const end = async () => {
    faults.close();
    control?.close();
    await server.close();
    caFile?.release();
    records?.release();
  };
  let ended: Promise<void> | undefined;
  // Whoever asks a second time waits for the first: only then are all calls done.
  const close = () => (ended ??= end());
  try {
    if (given.tls !== undefined) server.useCertificate(given.tls);
    if (given.controlPort !== undefined) control = await startControlServer(given.controlPort, faults);
    const boundPort = await server.listen(host, port);
    // From here to `serve` nothing waits, so no request can come in between.
    records = given.data === undefined ? memoryRecords() : openDataFolder(given.data);
    claimRecords(records, location);
    const accessKeys = new AccessKeys(records);
    const keys = new KeyStore(records, given.keyClock);
    applySeed(seed, accessKeys, keys);
    const first = accessKeys.first();
    if (instance !== undefined && given.tls === undefined) {
      const ca = privateCa(records, instance);
      server.useCertificate(gatewayCertificate(ca, instance, host));
      caFile = writeCaFile(ca.cert, instance, given.data);
    }
    const cryptographicCalls = new AccountBuckets(qps);
    const dedicated = instance !== undefined;
    const service = new Service({ location, accessKeys, nonces: new Nonces(), keys, dedicated, cryptographicCalls });
    server.serve(
      (http, trace) => faults.meet(http, trace, () => outcomeOf(() => service.answer(http, trace))),
      given.onCall ?? (() => undefined),
    );
    return {
      endpoint: `${secure ? "https" : "http"}://${reachable(host)}:${boundPort}`,
      region,
      account,
      accessKeyId: first.id,
      accessKeySecret: first.secret,
      ...(caFile !== undefined && { caCertificate: caFile.path }),
      ...(control !== undefined && { control: control.url }),
      fail: (order) => {
        const wrong = faults.add(order);
        if (wrong.length > 0) throw new TypeError(wrong.join("; "));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The host as a URL has it; where the emulator listens on every address, one that reaches it. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return isIPv6(host) ? `[${host}]` : host;
}
