/**
 * The official KMS client on another transport. `@alicloud/kms20160120` 1.2.0 sends over one method, `doRequest`, whose
 * original puts whole URLs into errors, takes no private CA and hides HTTP statuses; here it goes over
 * `@alicloud/openapi-core` (signature ACS3-HMAC-SHA256). What is thrown are the errors of `errors.ts` alone.
 */
import { randomUUID } from "node:crypto";
import OfficialClient from "@alicloud/kms20160120";
import OpenApi, { $OpenApiUtil, AlibabaCloudError } from "@alicloud/openapi-core";
import * as $dara from "@darabonba/typescript";
import { Config as RpcConfig } from "@alicloud/rpc-client";
import { CancelledError, MalformedAnswerError, ServiceError, UnreachableError, type CallTrace } from "../errors";
import type { Target } from "./connection";
import type { Credentials } from "./credentials";
import { networkFault } from "./networkErrors";
import type { Pace } from "./pace";
import { retrying, type RetryPolicy } from "./retry";
import { silenceTransport } from "./silentTransport";
import { allowedCode, allowedRequestId, serviceAdvice } from "./serviceErrors";

type Parameters = Record<string, unknown>;

const API_VERSION = "2016-01-20";
/** Milliseconds. The SDK's own three seconds are short for a first TLS handshake across regions. */
const CONNECT_TIMEOUT_MS = 5_000;
const READ_TIMEOUT_MS = 10_000;

export interface KmsClientOptions {
  target: Target;
  credentials: Credentials;
  pace: Pace;
  retry: RetryPolicy;
  signal?: AbortSignal | undefined;
}

export class KmsClient extends OfficialClient {
  constructor(private readonly options: KmsClientOptions) {
    // The original insists on a key; its transport, which alone would use it, is overridden below.
    super(new RpcConfig({ endpoint: options.target.host, accessKeyId: "unused", accessKeySecret: "unused" }));
    silenceTransport();
  }

  /** ExportDataKey, which release 1.2.0 of the official client lacks. */
  exportDataKey(parameters: Parameters): Promise<Parameters> {
    return this.call("ExportDataKey", parameters);
  }

  /** The one transport method of the official client. */
  override doRequest(
    action: string,
    _protocol: string,
    _method: string,
    _version: string,
    _authType: string,
    query: Parameters | null,
    body: Parameters | null,
  ): Promise<Parameters> {
    return this.call(action, { ...query, ...body });
  }

  private call(action: string, parameters: Parameters): Promise<Parameters> {
    const { pace, retry, signal } = this.options;
    const once = () => pace.run(action, () => cancellable(action, this.send(action, parameters), signal), signal);
    return retrying(action, retry, once, signal);
  }

  private async send(action: string, parameters: Parameters): Promise<Parameters> {
    const { target, credentials, signal } = this.options;
    const accessKey = await credentials.get();
    if (signal?.aborted === true) throw new CancelledError(action);
    const api = new OpenApi(
      new $OpenApiUtil.Config({
        ...accessKey,
        endpoint: target.host,
        protocol: target.protocol,
        regionId: target.region,
        ca: target.caCertificate,
        connectTimeout: CONNECT_TIMEOUT_MS,
        readTimeout: READ_TIMEOUT_MS,
      }),
    );
    // The SDK's own nonces have 10^12 values: at the full rate, two in half an hour would be the same.
    const headers = { "x-acs-signature-nonce": randomUUID() };
    const request = new $OpenApiUtil.OpenApiRequest({ query: asQuery(parameters), headers });
    try {
      const answer = await api.callApi(describe(action), request, NEVER_SKIP_TLS);
      return this.checked(action, answer);
    } catch (error) {
      throw this.translated(action, error);
    }
  }

  /** Only a JSON object under HTTP 200 is an answer of KMS; the transport lets redirects through as well. */
  private checked(action: string, answer: Parameters): Parameters {
    const { statusCode, body } = answer;
    if (statusCode === 200 && typeof body === "object" && body !== null && !Array.isArray(body)) {
      return body as Parameters;
    }
    throw new MalformedAnswerError(this.trace(action), "no JSON object under HTTP 200", Number(statusCode));
  }

  private translated(action: string, error: unknown): Error {
    if (error instanceof MalformedAnswerError) return error;
    if (error instanceof AlibabaCloudError && typeof error.statusCode === "number") {
      const code = allowedCode(error.code);
      const trace = this.trace(action, allowedRequestId(error.requestId));
      if (code === "UnknownCode" && trace.requestId === undefined) {
        return new MalformedAnswerError(trace, "an error without KMS's code and RequestId", error.statusCode);
      }
      const advice = serviceAdvice(action, code, this.options.credentials.source);
      return new ServiceError(trace, code, error.statusCode, advice);
    }
    const fault = networkFault(error);
    if (fault !== undefined) return new UnreachableError(this.trace(action), fault.code, fault.advice);
    return new MalformedAnswerError(this.trace(action), "it could not be read as JSON");
  }

  private trace(action: string, requestId?: string): CallTrace {
    return { action, host: this.options.target.host, requestId };
  }
}

/** Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
const NEVER_SKIP_TLS = new $dara.RuntimeOptions({ ignoreSSL: false });

function describe(action: string): $OpenApiUtil.Params {
  return new $OpenApiUtil.Params({
    action,
    version: API_VERSION,
    protocol: "HTTPS",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
}

/** KMS takes maps as JSON; the official client would flatten them into one parameter a pair. */
function asQuery(parameters: Parameters): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    query[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return query;
}

/** Stops waiting for a call once it is cancelled; the transport's own time limits end the connection. */
function cancellable<T>(action: string, call: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return call;
  return new Promise((resolve, reject) => {
    const cancel = () => reject(new CancelledError(action));
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
    void call.then(resolve, reject).finally(() => signal.removeEventListener("abort", cancel));
  });
}
