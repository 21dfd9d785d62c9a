/** What the faults of a connection mean: the only texts about them that users see. */

import { types } from "node:util";

/** Codes of Node and OpenSSL, with what to look at. */
const ADVICE: Record<string, string> = {
  ECONNREFUSED: "Nothing listens there: check the endpoint, and that the emulator runs if it is one.",
  ECONNRESET: "The connection was closed before the answer: try again.",
  EPIPE: "The connection was closed before the answer: try again.",
  ETIMEDOUT: "The connection timed out: check the endpoint and the network.",
  EHOSTUNREACH: "There is no route to the host: check the endpoint and the network.",
  ENETUNREACH: "There is no route to the network: check the endpoint and the network.",
  ENOTFOUND: "The name does not resolve: check connection.region and the endpoint.",
  EAI_AGAIN: "The name could not be resolved for the moment: check the network.",
  RequestTimeoutError: "No answer came in time: check the endpoint and the network.",
  CERT_HAS_EXPIRED: "The gateway's certificate has expired.",
  CERT_NOT_YET_VALID: "The gateway's certificate is not valid yet: check this machine's clock.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The gateway's certificate is self-signed: check connection.caCertificate.",
  SELF_SIGNED_CERT_IN_CHAIN: "The gateway's CA is not trusted: check connection.caCertificate.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The gateway's CA is not trusted: check connection.caCertificate.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The gateway's CA is not trusted: check connection.caCertificate.",
  CERT_SIGNATURE_FAILURE: "The gateway's certificate was not signed by the CA: check connection.caCertificate.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The gateway's certificate is for another name: check the endpoint.",
  EPROTO: "The TLS handshake failed: check that the endpoint speaks HTTPS.",
};

/** A network fault that may be shown. */
export interface NetworkFault {
  code: string;
  advice: string;
}

/** Recognises a fault of the connection in what the transport threw, whose own message holds the whole URL. */
export function networkFault(error: unknown): NetworkFault | undefined {
  if (!types.isNativeError(error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code ?? (error.name.startsWith("RequestTimeout") ? TIMEOUT : undefined);
  const advice = code !== undefined && Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return code === undefined || advice === undefined ? undefined : { code, advice };
}

/** The transport's name for an answer that took too long; it is an error's name there, not its code. */
const TIMEOUT = "RequestTimeoutError";
