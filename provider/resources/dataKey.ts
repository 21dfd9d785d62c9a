/**
 * DataKey: one data key under a KMS key. KMS keeps no copy, so nothing here ever drops a ciphertext that was reported:
 * whatever needs new key material is a rotation in place, which moves the old version to `previousVersions`.
 */
import { encryptionContextFault } from "../crypto/encryptionContext";
import { sha256Hex } from "../crypto/sha256";
import { ConfigurationError, ServiceError } from "../errors";
import { asBoolean, asInteger, changedFields, checkFields, withoutNulls, type ResourceSpec } from "../fields";
import { connectKms } from "../kms/connectKms";
import { resolveTarget } from "../kms/connection";
import type { EncryptionContext, GeneratedDataKey, GenerateDataKeyRequest, Kms } from "../kms/kms";
import { UNKNOWN, type CheckFailure, type Host, type Inputs, type Resource } from "../lifecycle";
import { connectionFields, fillConnection, otherWorld, type ConnectionInputs } from "./connectionField";
import { readKeyState, type KeyState } from "./keyState";

/** What a program says of a data key. */
export interface DataKeyArgs extends ConnectionInputs {
  /** The KMS key that encrypts the data key: its ID, `alias/...`, or ARN (of another account too). */
  keyId: string;
  /** Length of the data key by name: `AES_256` (default) or `AES_128`. Excludes `numberOfBytes`. */
  keySpec?: "AES_256" | "AES_128" | undefined;
  /** Length of the data key in bytes (not bits), 1 to 1024. Excludes `keySpec`. */
  numberOfBytes?: number | undefined;
  /** String pairs bound to the ciphertext, needed to open it; at most 8,192 characters of JSON. Not secret. */
  encryptionContext?: EncryptionContext | undefined;
  /** Any strings; a change of any of them rotates the data key. */
  rotationTriggers?: Record<string, string> | undefined;
  /** How many previous versions to keep; all by default. What is dropped cannot be opened again. */
  retainVersions?: number | undefined;
  /** Whether the state also holds the data key in clear, as a secret output. Off by default. */
  withPlaintext?: boolean | undefined;
}

/** All that is needed to open what an earlier version of the data key has sealed. */
export interface DataKeyVersion {
  ciphertextBlob: string;
  resolvedKeyId: string;
  keyVersionId: string;
  encryptionContext?: EncryptionContext | undefined;
  region: string;
  createdAt: string;
}

/** What one generation of key material leaves in the state. */
interface Generation {
  /** The data key under the KMS key, base64; secret. KMS keeps no copy of it. */
  ciphertextBlob: string;
  /** The ID of the KMS key, whichever name `keyId` uses. */
  resolvedKeyId: string;
  /** The version of the KMS key that encrypted the data key. */
  keyVersionId: string;
  /** Length of the data key in bytes. */
  dataKeyBytes: number;
  /** SHA-256 of the ciphertext, hex: names it without giving it away. */
  ciphertextSha256: string;
  /** When the key material was made, ISO 8601, by this machine's clock. */
  createdAt: string;
  /** KMS's ID of the request that made the key material, for its audit trail. */
  requestId: string;
  /** The data key in clear, base64; secret. Only with `withPlaintext`. */
  plaintext?: string | undefined;
}

/** What the state holds of a data key: its args as check left them, and these. */
export interface DataKeyState extends DataKeyArgs, Generation {
  /** The state of the KMS key when the key material was made, or at the last refresh. */
  keyState: KeyState;
  /** Earlier versions, newest first; secret. */
  previousVersions: DataKeyVersion[];
}

export const dataKeySpec: ResourceSpec = {
  type: "DataKey",
  inputs: {
    keyId: { type: "string", required: true, effect: "rotates", fault: keyIdFault },
    keySpec: { type: "string", values: ["AES_256", "AES_128"], effect: "rotates" },
    numberOfBytes: { type: "integer", range: [1, 1024], effect: "rotates" },
    encryptionContext: { type: "stringMap", effect: "rotates", fault: encryptionContextFault },
    rotationTriggers: { type: "stringMap", effect: "rotates" },
    retainVersions: { type: "integer", range: [0, Number.MAX_SAFE_INTEGER], effect: "updates" },
    withPlaintext: { type: "boolean", effect: "updates" },
    ...connectionFields("rotates"),
  },
  outputs: {
    ciphertextBlob: { secret: true },
    resolvedKeyId: {},
    keyVersionId: {},
    dataKeyBytes: {},
    ciphertextSha256: {},
    createdAt: {},
    requestId: {},
    keyState: {},
    previousVersions: { secret: true },
    plaintext: { secret: true },
  },
};

export const dataKey: Resource<DataKeyArgs, DataKeyState> = {
  check(host, request) {
    const inputs = withoutNulls(dataKeySpec.inputs, request.inputs);
    const { filled, failures } = fillConnection(host, { ...request, inputs });
    const faults = [...checkFields(dataKeySpec.inputs, inputs), ...lengthFailures(inputs), ...failures];
    return { inputs: { ...inputs, ...filled }, failures: faults };
  },

  diff({ state, inputs }) {
    const changes = changedFields(dataKeySpec.inputs, { ...state }, inputs);
    // AES_256 and 32 bytes are the same key material under two names.
    if (lengthInBytes(inputs) === state.dataKeyBytes) {
      for (const name of ["keySpec", "numberOfBytes"]) if (name in changes) changes[name] = "updates";
    }
    const warning = droppedVersions(state, inputs, Object.values(changes).includes("rotates"));
    return warning === undefined ? { changes } : { changes, warning };
  },

  async create(host, { args }) {
    const generation = await generate(open(host, args), args);
    const state = { ...args, ...generation, keyState: "Enabled" as const, previousVersions: [] };
    return { id: generation.ciphertextSha256, state };
  },

  async read(host, { state }) {
    const keyState = await readKeyState(host, state, state.resolvedKeyId);
    return { ...state, keyState };
  },

  async update(host, { state, args }) {
    const reason = otherWorld(state.emulated, args.emulated);
    if (reason !== undefined) throw new ConfigurationError(`connection ${reason}`);
    const { changes } = dataKey.diff({ state, inputs: { ...args } });
    const rotating = Object.keys(changes).filter((name) => changes[name] === "rotates");
    if (rotating.length === 0) return carryOn(host, state, args);

    const kms = open(host, args);
    const onlyRenamed = rotating.length === 1 && rotating[0] === "keyId";
    if (onlyRenamed && (await namesSameKey(kms, args.keyId, state.resolvedKeyId))) return carryOn(host, state, args);
    const generation = await generate(kms, args);
    // Without leave to ask first, the answer shows that it was the same key: the current material stays.
    if (onlyRenamed && generation.resolvedKeyId === state.resolvedKeyId) return carryOn(host, state, args);

    const previousVersions = retained(args, [versionOf(state), ...state.previousVersions]);
    const rotated: DataKeyState = { ...args, ...generation, keyState: "Enabled", previousVersions };
    warnOfPlaintext(host, state, rotated);
    return rotated;
  },

  /** Calls nothing: KMS keeps no data key that could be deleted. */
  delete(host) {
    host.warn(
      "The data key was removed from the current state. Backups and history of the state may still hold its ciphertext, " +
        "and exports that were made still open; only deleting the KMS key makes the ciphertext worthless.",
    );
    return Promise.resolve();
  },
};

function open(host: Host, args: DataKeyArgs): Kms {
  return connectKms(resolveTarget(args.connection ?? {}, host.settings), host.settings, host.signal);
}

async function generate(kms: Kms, args: DataKeyArgs): Promise<Generation> {
  const request: GenerateDataKeyRequest = {
    keyId: args.keyId,
    keySpec: args.keySpec,
    numberOfBytes: asInteger(args.numberOfBytes),
    encryptionContext: args.encryptionContext,
  };
  const made: GeneratedDataKey & { plaintext?: string } =
    asBoolean(args.withPlaintext) === true
      ? await kms.generateDataKey(request)
      : await kms.generateDataKeyWithoutPlaintext(request);
  return {
    ciphertextBlob: made.ciphertextBlob,
    resolvedKeyId: made.keyId,
    keyVersionId: made.keyVersionId,
    dataKeyBytes: lengthInBytes({ ...args }) ?? DEFAULT_BYTES,
    ciphertextSha256: sha256Hex(Buffer.from(made.ciphertextBlob, "base64")),
    createdAt: new Date().toISOString(),
    requestId: made.requestId,
    ...(made.plaintext === undefined ? {} : { plaintext: made.plaintext }),
  };
}

/** The same key material under new args: nothing is generated. */
async function carryOn(host: Host, state: DataKeyState, args: DataKeyArgs): Promise<DataKeyState> {
  const { plaintext, ...generation } = generationOf(state);
  const previousVersions = retained(args, state.previousVersions);
  const carried = { ...args, ...generation, keyState: state.keyState, previousVersions };
  if (asBoolean(args.withPlaintext) === true) {
    return { ...carried, plaintext: plaintext ?? (await decrypt(open(host, args), state)) };
  }
  warnOfPlaintext(host, state, carried);
  return carried;
}

function warnOfPlaintext(host: Host, before: DataKeyState, after: DataKeyState): void {
  if (before.plaintext === undefined || after.plaintext !== undefined) return;
  host.warn(
    `The plaintext of the data key ${named(before)} left the current state; backups and history still hold it.`,
  );
}

async function decrypt(kms: Kms, { ciphertextBlob, encryptionContext }: DataKeyState): Promise<string> {
  return (await kms.decrypt({ ciphertextBlob, encryptionContext })).plaintext;
}

/** Whether a name is one of the key's; `undefined` where KMS does not let us ask (no permission, dedicated gateway). */
async function namesSameKey(kms: Kms, name: string, resolvedKeyId: string): Promise<boolean | undefined> {
  if (name === resolvedKeyId || name.endsWith(`:key/${resolvedKeyId}`)) return true;
  try {
    return (await kms.describeKey({ keyId: name })).keyId === resolvedKeyId;
  } catch (error) {
    if (error instanceof ServiceError && MAY_NOT_ASK.has(error.code)) return undefined;
    throw error;
  }
}

const MAY_NOT_ASK = new Set(["Forbidden.NoPermission", "UnsupportedOperation"]);

function generationOf(state: DataKeyState): Generation {
  const { ciphertextBlob, resolvedKeyId, keyVersionId, dataKeyBytes, ciphertextSha256, createdAt, requestId } = state;
  const generation = { ciphertextBlob, resolvedKeyId, keyVersionId, dataKeyBytes, ciphertextSha256, createdAt };
  return { ...generation, requestId, plaintext: state.plaintext };
}

function versionOf(state: DataKeyState): DataKeyVersion {
  const { ciphertextBlob, resolvedKeyId, keyVersionId, encryptionContext, createdAt } = state;
  const version = { ciphertextBlob, resolvedKeyId, keyVersionId, region: state.connection?.region ?? "", createdAt };
  return encryptionContext === undefined ? version : { ...version, encryptionContext };
}

/** Says which versions a change would drop, so that a preview shows it. */
function droppedVersions(state: DataKeyState, { retainVersions }: Inputs, rotates: boolean): string | undefined {
  const versions = rotates ? [versionOf(state), ...state.previousVersions] : state.previousVersions;
  const dropped = versions.slice(asInteger(retainVersions) ?? versions.length);
  if (dropped.length === 0) return undefined;
  return (
    `retainVersions drops ${dropped.length} of ${versions.length} previous versions of the data key ${named(state)} ` +
    `(made ${dropped.map(({ createdAt }) => createdAt).join(", ")}): what they have sealed cannot be opened again.`
  );
}

/** Enough of a digest to tell data keys apart in a message. */
function named({ ciphertextSha256 }: DataKeyState): string {
  return ciphertextSha256.slice(0, 12);
}

function retained(args: DataKeyArgs, versions: DataKeyVersion[]): DataKeyVersion[] {
  return versions.slice(0, asInteger(args.retainVersions) ?? versions.length);
}

const BYTES_OF_SPEC: Record<string, number> = { AES_256: 32, AES_128: 16 };
const DEFAULT_BYTES = 32;

/** The length that the args ask for; `undefined` while it is not known. */
function lengthInBytes({ keySpec, numberOfBytes }: Inputs): number | undefined {
  if (numberOfBytes !== undefined) return asInteger(numberOfBytes);
  return keySpec === undefined ? DEFAULT_BYTES : BYTES_OF_SPEC[keySpec as string];
}

/** KMS lets `NumberOfBytes` win over `KeySpec` without a word (GenerateDataKey page, KeySpec). */
function lengthFailures({ keySpec, numberOfBytes }: Inputs): CheckFailure[] {
  const known = (value: unknown) => value !== undefined && value !== UNKNOWN;
  if (!known(keySpec) || !known(numberOfBytes)) return [];
  const reason = "is given beside keySpec, which KMS would then ignore without a word (allowed: one of the two)";
  return [{ property: "numberOfBytes", reason }];
}

function keyIdFault(keyId: string): string | undefined {
  if (
    /^(alias\/[A-Za-z0-9_/-]{1,255}|acs:kms:[a-z0-9-]+:\d+:(key|alias)\/[A-Za-z0-9_/-]+|[A-Za-z0-9-]{1,64})$/.test(
      keyId,
    )
  ) {
    return undefined;
  }
  return "names no key (allowed: a key ID, alias/<name>, or an ARN acs:kms:<region>:<account>:key/<id> or :alias/<name>)";
}
