/** The flags of `alicloud-kms-emulator`, read and checked. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { EmulatorOptions, Seed } from "./emulator";
import { checkLocation } from "./storage/origin";
import { StartFault, systemErrorCode } from "./startFault";

/** What `--help` prints. */
export const usage = `Usage: alicloud-kms-emulator [flags]

An emulator of Alibaba Cloud KMS (API 2016-01-20) with real signatures and real cryptography.
Prints one line of JSON when it is ready: endpoint, region, account, accessKeyId, accessKeySecret, and where there are
such caCertificate (a file) and control (a URL).

  --host HOST       the address to listen on (127.0.0.1)
  --port PORT       the port; 0 is any free one (0)
  --data DIR        keep keys in this folder, mode 0700; without it they end with the process
  --seed FILE       access keys and keys to start with, as JSON; never overwrites what DIR holds
  --region REGION   the region to stand for (cn-hangzhou)
  --account ID      the account to stand for (1234567890123456)
  --qps N           cryptographic calls per second; 0 is no limit (750)
  --tls-cert FILE   speak HTTPS with this certificate chain, as PEM; needs --tls-key
  --tls-key FILE    the private key of the certificate, as PEM
  --instance ID     be the dedicated gateway of this KMS instance (kst-...): HTTPS, cryptographic actions only; without
                    --tls-cert under a private CA of its own, which it keeps in DIR (needs openssl)
  --control-port P  take orders for faults (POST, GET, DELETE /faults) on this port of 127.0.0.1; 0 is any free one
  --log FILE        add one line of JSON per call to this file; never a parameter's value
  --help            print this

SIGTERM and SIGINT finish the calls under way and end with status 0. A fault of flags, seed, folder or port is told
in one line on stderr, with status 2.
`;

/** What the flags ask for. */
export type Command = { help: true } | { help: false; options: EmulatorOptions; log: string | undefined };

const text = { type: "string" } as const;
const flags = {
  host: text,
  port: text,
  data: text,
  seed: text,
  region: text,
  account: text,
  qps: text,
  "tls-cert": text,
  "tls-key": text,
  instance: text,
  "control-port": text,
  log: text,
  help: { type: "boolean" },
} as const;

/** Reads the flags and the files that they name. */
export function readCommandLine(args: string[]): Command {
  const values = parse(args);
  if (values.help === true) return { help: true };
  const empty = Object.entries(values).find(([, value]) => value === "");
  if (empty !== undefined) throw new StartFault(`--${empty[0]}: must not be empty`);
  const { host, data, region, account, instance, log } = values;
  const port = wholeNumber("port", values.port, 65535);
  const controlPort = wholeNumber("control-port", values["control-port"], 65535);
  const qps = wholeNumber("qps", values.qps, 1_000_000);
  checkLocation({ region, account });
  const tls = readTls(values["tls-cert"], values["tls-key"]);
  const seed = values.seed === undefined ? undefined : readSeed(values.seed);
  return {
    help: false,
    log,
    options: {
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(data !== undefined && { data }),
      ...(seed !== undefined && { seed }),
      ...(region !== undefined && { region }),
      ...(account !== undefined && { account }),
      ...(qps !== undefined && { qps }),
      ...(tls !== undefined && { tls }),
      ...(instance !== undefined && { instance }),
      ...(controlPort !== undefined && { controlPort }),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: flags, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\n|\. To specify/)[0] ?? "") : "";
    throw new StartFault(`${reason.replace(/\.$/, "")}; --help lists the flags`);
  }
}

function wholeNumber(flag: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,7}$/.test(value) ? Number(value) : NaN;
  if (!(number <= most)) throw new StartFault(`--${flag}: must be a whole number from 0 to ${most}`);
  return number;
}

function readTls(cert: string | undefined, key: string | undefined): EmulatorOptions["tls"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new StartFault("--tls-cert and --tls-key: give both, or neither");
  return { cert: readFile("tls-cert", cert), key: readFile("tls-key", key) };
}

/** The emulator checks what the seed says; here only that it is JSON. */
function readSeed(path: string): Seed {
  const json = readFile("seed", path);
  try {
    return JSON.parse(json) as Seed;
  } catch (error) {
    // The rest of the parser's message may quote the file, and so a secret.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const line = position === undefined ? "" : ` (line ${json.slice(0, Number(position)).split("\n").length})`;
    throw new StartFault(`--seed ${path}: is not valid JSON${line}`);
  }
}

function readFile(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartFault(`--${flag} ${path}: cannot be read (${systemErrorCode(error)})`);
  }
}
