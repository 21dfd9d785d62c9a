/**
 * ExportedDataKey: a data key wrapped under a public key, for whoever holds the private half. An export can be made
 * again as long as the data key's ciphertext is there, so no history is kept; wrapping is randomised, so it is made
 * again only when what it says has changed.
 */
import { isBase64 } from "../crypto/base64";
import { encryptionContextFault } from "../crypto/encryptionContext";
import { parsePublicKey, type PublicKey, type WrappingKeySpec } from "../crypto/publicKey";
import { sha256Hex } from "../crypto/sha256";
import { unwrapMechanism, type UnwrapMechanism } from "../crypto/unwrapMechanism";
import { ConfigurationError, MalformedAnswerError, MismatchError } from "../errors";
import { changedFields, checkFields, withoutNulls, type ResourceSpec } from "../fields";
import { connectKms } from "../kms/connectKms";
import { resolveTarget } from "../kms/connection";
import type { EncryptionContext } from "../kms/kms";
import { UNKNOWN, type CheckFailure, type Host, type Inputs, type Resource } from "../lifecycle";
import { connectionFields, fillConnection, otherWorld, type ConnectionInputs } from "./connectionField";

/** What a program says of an export. */
export interface ExportedDataKeyArgs extends ConnectionInputs {
  /** The data key to export, under its KMS key: base64, as `DataKey.ciphertextBlob` gives it; secret. */
  ciphertextBlob: string;
  /** The recipient's public key: PEM (`-----BEGIN PUBLIC KEY-----`) or base64 SubjectPublicKeyInfo; RSA 2048 or SM2. */
  publicKeyBlob: string;
  /** SHA-256 of the recipient's SubjectPublicKeyInfo, hex. Filled in by check; where it is given, it must match. */
  publicKeySha256?: string | undefined;
  /** The kind of the public key. Inferred from it when absent. */
  wrappingKeySpec?: WrappingKeySpec | undefined;
  /** How to wrap; by default `RSAES_OAEP_SHA_256` for RSA and `SM2PKE` for SM2. MGF1 uses the same hash. */
  wrappingAlgorithm?: "RSAES_OAEP_SHA_256" | "RSAES_OAEP_SHA_1" | "SM2PKE" | undefined;
  /** The ID or ARN of the KMS key that the ciphertext must be under; an export from another key is refused. */
  keyId?: string | undefined;
  /** The encryption context of the data key. */
  encryptionContext?: EncryptionContext | undefined;
}

/** What the state holds of an export: its args as check left them, and these. */
export interface ExportedDataKeyState extends ExportedDataKeyArgs {
  /** The data key under the recipient's public key, base64; secret. 256 bytes for RSA_2048. */
  exportedDataKey: string;
  /** The ID of the KMS key that the ciphertext was under. */
  resolvedKeyId: string;
  /** The version of that key. */
  keyVersionId: string;
  /** What the HSM must be told to open the export. */
  unwrapMechanism: UnwrapMechanism;
  /** KMS's ID of the request that made the export, for its audit trail. */
  requestId: string;
}

/** Which algorithms go with which kind of key; the first is the default (ExportDataKey page, WrappingAlgorithm). */
const ALGORITHMS: Record<WrappingKeySpec, readonly string[]> = {
  RSA_2048: ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"],
  EC_SM2: ["SM2PKE"],
};

export const exportedDataKeySpec: ResourceSpec = {
  type: "ExportedDataKey",
  inputs: {
    ciphertextBlob: { type: "string", required: true, secret: true, effect: "reexports", fault: ciphertextFault },
    publicKeyBlob: { type: "string", required: true, effect: "reexports", fault: publicKeyFault, same: samePublicKey },
    publicKeySha256: { type: "string", effect: "updates", fault: sha256Fault, same: sameIgnoringCase },
    wrappingKeySpec: { type: "string", effect: "reexports", values: Object.keys(ALGORITHMS) },
    wrappingAlgorithm: { type: "string", effect: "reexports", values: Object.values(ALGORITHMS).flat() },
    keyId: { type: "string", effect: "updates", fault: keyIdFault },
    encryptionContext: { type: "stringMap", effect: "reexports", fault: encryptionContextFault },
    ...connectionFields("updates"),
  },
  outputs: {
    exportedDataKey: { secret: true },
    resolvedKeyId: {},
    keyVersionId: {},
    unwrapMechanism: {},
    requestId: {},
  },
};

export const exportedDataKey: Resource<ExportedDataKeyArgs, ExportedDataKeyState> = {
  check(host, request) {
    const inputs = withoutNulls(exportedDataKeySpec.inputs, request.inputs);
    const recipient = fillRecipient(inputs);
    const { filled, failures } = fillConnection(host, { ...request, inputs });
    return {
      inputs: { ...inputs, ...recipient.filled, ...filled },
      failures: [...checkFields(exportedDataKeySpec.inputs, inputs), ...recipient.failures, ...failures],
    };
  },

  diff({ state, inputs }) {
    return { changes: changedFields(exportedDataKeySpec.inputs, { ...state }, inputs) };
  },

  async create(host, { args }) {
    const state = await exportDataKey(host, args);
    return { id: sha256Hex(Buffer.from(args.ciphertextBlob, "base64"), publicKeyOf(args).spki), state };
  },

  /** Calls nothing: KMS keeps no export that could be looked at. */
  read(_host, { state }) {
    return Promise.resolve(state);
  },

  async update(host, { state, args }) {
    const reason = otherWorld(state.emulated, args.emulated);
    if (reason !== undefined) throw new ConfigurationError(`connection ${reason}`);
    const { changes } = exportedDataKey.diff({ state, inputs: { ...args } });
    if (Object.values(changes).includes("reexports")) return exportDataKey(host, args);
    refuseOtherKey(args, state.resolvedKeyId);
    const { exportedDataKey: exported, resolvedKeyId, keyVersionId, unwrapMechanism: mechanism, requestId } = state;
    return { ...args, exportedDataKey: exported, resolvedKeyId, keyVersionId, unwrapMechanism: mechanism, requestId };
  },

  /** Calls nothing: KMS keeps no export. Whoever has a copy of it and the private key can go on opening it. */
  delete() {
    return Promise.resolve();
  },
};

async function exportDataKey(host: Host, args: ExportedDataKeyArgs): Promise<ExportedDataKeyState> {
  const target = resolveTarget(args.connection ?? {}, host.settings);
  const { spki, wrappingKeySpec } = publicKeyOf(args);
  const wrappingAlgorithm = args.wrappingAlgorithm ?? ALGORITHMS[wrappingKeySpec][0] ?? "";
  const answer = await connectKms(target, host.settings, host.signal).exportDataKey({
    ciphertextBlob: args.ciphertextBlob,
    publicKeyBlob: spki.toString("base64"),
    wrappingKeySpec,
    wrappingAlgorithm,
    encryptionContext: args.encryptionContext,
  });
  const { keyId: resolvedKeyId, keyVersionId, requestId } = answer;
  refuseOtherKey(args, resolvedKeyId);
  const mechanism = unwrapMechanism(wrappingAlgorithm, Buffer.from(answer.exportedDataKey, "base64"));
  if (mechanism === undefined) {
    const trace = { action: "ExportDataKey", host: target.host };
    throw new MalformedAnswerError(trace, `ExportedDataKey is not what ${wrappingAlgorithm} makes`, 200);
  }
  const { exportedDataKey: exported } = answer;
  return { ...args, exportedDataKey: exported, resolvedKeyId, keyVersionId, unwrapMechanism: mechanism, requestId };
}

/** The program said which KMS key the data key is under: a ciphertext that is under another one was swapped. */
function refuseOtherKey({ keyId }: ExportedDataKeyArgs, resolvedKeyId: string): void {
  if (keyId === undefined || keyId === resolvedKeyId || keyId.endsWith(`:key/${resolvedKeyId}`)) return;
  throw new MismatchError(
    `keyId: the ciphertext is under the KMS key ${resolvedKeyId}, not under the one that is given. The state was left as it was.`,
  );
}

/** Derives fingerprint, kind and algorithm from the public key, so that every preview shows them. */
function fillRecipient(inputs: Inputs): { filled: Inputs; failures: CheckFailure[] } {
  const { publicKeyBlob, publicKeySha256, wrappingKeySpec, wrappingAlgorithm } = inputs;
  if (publicKeyBlob === UNKNOWN) {
    const filled = { publicKeySha256: UNKNOWN, wrappingKeySpec: UNKNOWN, wrappingAlgorithm: UNKNOWN };
    return { filled: { ...filled, ...present({ publicKeySha256, wrappingKeySpec, wrappingAlgorithm }) }, failures: [] };
  }
  const parsed = typeof publicKeyBlob === "string" ? parsePublicKey(publicKeyBlob) : undefined;
  if (parsed === undefined || "fault" in parsed) return { filled: {}, failures: [] };

  const { key } = parsed;
  const algorithms = ALGORITHMS[key.wrappingKeySpec];
  const failures: CheckFailure[] = [];
  const known = (value: unknown): value is string => typeof value === "string" && value !== UNKNOWN;
  if (known(publicKeySha256) && sha256Fault(publicKeySha256) === undefined) {
    if (!sameIgnoringCase(publicKeySha256, key.sha256)) {
      failures.push({
        property: "publicKeySha256",
        reason: `is not the fingerprint of publicKeyBlob, which is ${key.sha256}`,
      });
    }
  }
  if (known(wrappingKeySpec) && Object.hasOwn(ALGORITHMS, wrappingKeySpec) && wrappingKeySpec !== key.wrappingKeySpec) {
    failures.push({
      property: "wrappingKeySpec",
      reason: `does not fit publicKeyBlob (allowed: ${key.wrappingKeySpec})`,
    });
  }
  if (known(wrappingAlgorithm) && isAlgorithm(wrappingAlgorithm) && !algorithms.includes(wrappingAlgorithm)) {
    const reason = `does not fit publicKeyBlob, a key of kind ${key.wrappingKeySpec} (allowed: ${algorithms.join(", ")})`;
    failures.push({ property: "wrappingAlgorithm", reason });
  }
  const filled = {
    publicKeySha256: key.sha256,
    wrappingKeySpec: key.wrappingKeySpec,
    wrappingAlgorithm: algorithms[0],
    ...present({ publicKeySha256, wrappingKeySpec, wrappingAlgorithm }),
  };
  return { filled, failures };
}

function present(values: Inputs): Inputs {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The public key of args that check has passed. */
function publicKeyOf({ publicKeyBlob }: ExportedDataKeyArgs): PublicKey {
  const parsed = parsePublicKey(publicKeyBlob);
  if ("fault" in parsed) throw new ConfigurationError(`publicKeyBlob ${parsed.fault}`);
  return parsed.key;
}

function publicKeyFault(publicKeyBlob: string): string | undefined {
  const parsed = parsePublicKey(publicKeyBlob);
  return "fault" in parsed ? parsed.fault : undefined;
}

function samePublicKey(before: string, after: string): boolean {
  const [one, other] = [parsePublicKey(before), parsePublicKey(after)];
  return "key" in one && "key" in other && one.key.sha256 === other.key.sha256;
}

function isAlgorithm(name: string): boolean {
  return Object.values(ALGORITHMS).flat().includes(name);
}

function ciphertextFault(ciphertextBlob: string): string | undefined {
  return isBase64(ciphertextBlob) ? undefined : "is not base64 (allowed: a CiphertextBlob as KMS gives it)";
}

function sha256Fault(hex: string): string | undefined {
  return /^[0-9a-fA-F]{64}$/.test(hex) ? undefined : "is not a SHA-256 fingerprint (allowed: 64 hex digits)";
}

function sameIgnoringCase(before: string, after: string): boolean {
  return before.toLowerCase() === after.toLowerCase();
}

function keyIdFault(keyId: string): string | undefined {
  return /^(acs:kms:[a-z0-9-]+:\d+:key\/)?[A-Za-z0-9-]{1,64}$/.test(keyId)
    ? undefined
    : "is not the ID or ARN of a key (allowed: a key ID, or acs:kms:<region>:<account>:key/<id>; an alias can be moved)";
}
