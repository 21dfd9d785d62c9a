/** Opens the KMS operations for one target, and checks every answer: what KMS hands back may be the only copy. */
import {
  DecryptRequest,
  DescribeKeyRequest,
  GenerateDataKeyRequest as OfficialGenerateDataKeyRequest,
  GenerateDataKeyWithoutPlaintextRequest,
} from "@alicloud/kms20160120";
import { isBase64 } from "../crypto/base64";
import { ConfigurationError, MalformedAnswerError, ProviderError } from "../errors";
import type { Settings } from "../lifecycle";
import type { Target } from "./connection";
import { findCredentials } from "./credentials";
import type { Kms } from "./kms";
import { KmsClient } from "./kmsClient";
import { Pace } from "./pace";
import { RECOMMENDED_RETRY } from "./retry";

/** Calls a second that KMS allows an account for cryptographic operations (GenerateDataKey page, "Limits"). */
const DOCUMENTED_RATE = 750;
const RATE_CONFIG = "alicloud-kms:requestsPerSecond";
/** Connections at once; the engine's own parallelism is the bound that users meet first. */
const CONCURRENT_CALLS = 64;

/** One pace for each gateway and rate: all resources of an `up` share the account's limit. */
const paces = new Map<string, Pace>();

/** Opens the operations. Throws ConfigurationError where credentials or rate are set wrongly; calls nothing yet. */
export function connectKms(target: Target, settings: Settings, signal?: AbortSignal): Kms {
  const client = new KmsClient({
    target,
    credentials: findCredentials(settings),
    pace: paceFor(target.host, settings),
    retry: RECOMMENDED_RETRY,
    signal,
  });

  /** Makes a call and takes the named texts out of its answer; base64 ones must be base64. */
  async function ask<Name extends string>(
    action: string,
    call: () => Promise<object>,
    texts: readonly Name[],
  ): Promise<Record<Name, string>> {
    const answer = await call().catch((error: unknown) => {
      // What is no error of ours is the SDK refusing the types of an answer.
      throw error instanceof ProviderError ? error : malformed(action, "values of the wrong type");
    });
    const taken = {} as Record<Name, string>;
    for (const name of texts) {
      const value = (answer as Record<string, unknown> | undefined)?.[name];
      if (typeof value !== "string" || value === "") throw malformed(action, `no ${name}`);
      if (BASE64_TEXTS.has(name) && !isBase64(value)) throw malformed(action, `${name} is not base64`);
      taken[name] = value;
    }
    return taken;
  }

  function malformed(action: string, fault: string): MalformedAnswerError {
    return new MalformedAnswerError({ action, host: target.host }, fault, 200);
  }

  return {
    generateDataKeyWithoutPlaintext: (request) =>
      ask(
        "GenerateDataKeyWithoutPlaintext",
        () => client.generateDataKeyWithoutPlaintext(new GenerateDataKeyWithoutPlaintextRequest(request)),
        ["ciphertextBlob", "keyId", "keyVersionId", "requestId"],
      ),
    generateDataKey: (request) =>
      ask("GenerateDataKey", () => client.generateDataKey(new OfficialGenerateDataKeyRequest(request)), [
        "ciphertextBlob",
        "plaintext",
        "keyId",
        "keyVersionId",
        "requestId",
      ]),
    exportDataKey: async (request) => {
      const answer = await ask(
        "ExportDataKey",
        () =>
          client.exportDataKey({
            CiphertextBlob: request.ciphertextBlob,
            PublicKeyBlob: request.publicKeyBlob,
            WrappingKeySpec: request.wrappingKeySpec,
            WrappingAlgorithm: request.wrappingAlgorithm,
            EncryptionContext: request.encryptionContext,
          }),
        ["ExportedDataKey", "KeyId", "KeyVersionId", "RequestId"],
      );
      return {
        exportedDataKey: answer.ExportedDataKey,
        keyId: answer.KeyId,
        keyVersionId: answer.KeyVersionId,
        requestId: answer.RequestId,
      };
    },
    decrypt: (request) => ask("Decrypt", () => client.decrypt(new DecryptRequest(request)), ["plaintext"]),
    describeKey: (request) =>
      ask("DescribeKey", async () => (await client.describeKey(new DescribeKeyRequest(request))).keyMetadata, [
        "keyId",
        "keyState",
      ]),
  };
}

const BASE64_TEXTS = new Set<string>(["ciphertextBlob", "plaintext", "ExportedDataKey"]);

/** Calls a second that the configuration allows. Throws ConfigurationError where it is none. */
export function configuredRate(settings: Settings): number {
  const configured = settings.config(RATE_CONFIG);
  const rate = configured === undefined ? DOCUMENTED_RATE : Number(configured);
  if (rate >= 1 && rate <= 1_000_000) return rate;
  throw new ConfigurationError(`${RATE_CONFIG} must be a number from 1 to 1,000,000`);
}

function paceFor(host: string, settings: Settings): Pace {
  const rate = configuredRate(settings);
  const key = `${host} ${rate}`;
  const pace = paces.get(key) ?? new Pace(rate, CONCURRENT_CALLS);
  paces.set(key, pace);
  return pace;
}
