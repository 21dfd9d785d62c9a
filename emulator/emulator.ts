/** An emulator of Alibaba Cloud KMS, started in this process. The command (main.ts) is a thin layer over it. */
import { isIPv6 } from "node:net";
import { AccessKeys } from "./accessKeys";
import { actions } from "./actions";
import type { CallRecord } from "./callLog";
import { KeyStore } from "./keys/keyStore";
import { applySeed, checkSeed, type Seed } from "./seed";
import { ApiServer, type Tls } from "./server";
import { Service } from "./service";
import { openDataFolder } from "./storage/dataFolder";
import { claimRecords } from "./storage/origin";
import { memoryRecords } from "./storage/records";
import { TokenBucket } from "./tokenBucket";

export type { CallRecord } from "./callLog";
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
  /** Finishes the calls under way, and ends. */
  close(): Promise<void>;
}

/** Starts an emulator. What its caller did wrong is a StartFault; nothing is written before the port is its own. */
export async function startEmulator(given: EmulatorOptions = {}): Promise<Emulator> {
  const { host = "127.0.0.1", port = 0, region = "cn-hangzhou", account = "1234567890123456", qps = 750 } = given;
  const location = { region, account };
  const seed = checkSeed(given.seed ?? {}, [...actions.keys()]);
  const server = new ApiServer(given.tls);
  const boundPort = await server.listen(host, port);
  // From here to `serve` nothing waits, so no request can come in between.
  try {
    const records = given.data === undefined ? memoryRecords() : openDataFolder(given.data);
    try {
      claimRecords(records, location);
      const accessKeys = new AccessKeys(records);
      const keys = new KeyStore(records);
      applySeed(seed, accessKeys, keys);
      const first = accessKeys.first();
      const service = new Service({ location, accessKeys, keys, cryptographicCalls: new TokenBucket(qps) });
      server.serve((http, trace) => service.answer(http, trace), given.onCall ?? (() => undefined));
      return {
        endpoint: `${given.tls === undefined ? "http" : "https"}://${reachable(host)}:${boundPort}`,
        region,
        account,
        accessKeyId: first.id,
        accessKeySecret: first.secret,
        close: async () => {
          await server.close();
          records.release();
        },
      };
    } catch (error) {
      records.release();
      throw error;
    }
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The host as a URL has it; where the emulator listens on every address, one that reaches it. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return isIPv6(host) ? `[${host}]` : host;
}
