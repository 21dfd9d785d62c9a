/** Who calls, and which action: shown by the request's signature, in either of two schemes. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { AccessKey, AccessKeys } from "./accessKeys";
import { errors } from "./errors";
import type { Nonces } from "./nonces";
import { Parameters } from "./parameters";
import type { ApiRequest } from "./request";
import { bodyHash, checkSignedHeaders, isAcs3, parseAuthorization, signAcs3 } from "./signature/acs3";
import { signV1 } from "./signature/v1";

/** A request whose signature is right. */
export interface AuthenticatedCall {
  readonly accessKey: AccessKey;
  readonly action: string;
}

/** How far a request's time may be from ours. */
const clockWindowMs = 15 * 60 * 1000;

/** What a request is checked against. */
export interface Checks {
  readonly accessKeys: AccessKeys;
  readonly nonces: Nonces;
  readonly nowMs: number;
}

/** Checks the signature, and then that the request is recent, new and of this version of the API. */
export function authenticate(request: ApiRequest, checks: Checks): AuthenticatedCall {
  return isAcs3(request) ? byAcs3(request, checks) : byV1(request, checks);
}

/** The action that the request claims, before anything is checked; the two places may not disagree. */
export function claimedAction(request: ApiRequest): string | undefined {
  const header = singleHeader(request, "x-acs-action");
  const parameter = new Parameters(request.parameters).optional("Action");
  if (header !== undefined && parameter !== undefined && header !== parameter) {
    throw errors.unreadableRequest("Action and x-acs-action differ");
  }
  return parameter ?? header;
}

function byAcs3(request: ApiRequest, { accessKeys, nonces, nowMs }: Checks): AuthenticatedCall {
  const { accessKeyId, signedHeaders, signature } = parseAuthorization(request);
  checkSignedHeaders(request, signedHeaders);
  const accessKey = known(accessKeys, accessKeyId);
  checkEqual(signature, signAcs3(request, signedHeaders, accessKey.secret));
  checkEqual(singleHeader(request, "x-acs-content-sha256") ?? "", bodyHash(request));
  checkTime(singleHeader(request, "x-acs-date"), nowMs);
  const nonce = singleHeader(request, "x-acs-signature-nonce");
  // Signed but empty it would let the request be sent again and again.
  if (nonce === undefined) throw errors.incompleteSignature("x-acs-signature-nonce must not be empty");
  checkNonce(nonces, accessKeyId, nonce, nowMs);
  checkVersion(new Parameters(request.parameters).optional("Version") ?? singleHeader(request, "x-acs-version"));
  return { accessKey, action: required(claimedAction(request)) };
}

/** Headers are not signed here, so action and version count only as parameters. */
function byV1(request: ApiRequest, { accessKeys, nonces, nowMs }: Checks): AuthenticatedCall {
  const { parameters } = request;
  const accessKeyId = parameters.get("AccessKeyId");
  const signature = parameters.get("Signature");
  if (!accessKeyId || !signature) {
    throw errors.incompleteSignature("AccessKeyId and Signature, or an ACS3-HMAC-SHA256 Authorization, are needed");
  }
  if (parameters.get("SignatureMethod") !== "HMAC-SHA1") {
    throw errors.incompleteSignature("SignatureMethod must be HMAC-SHA1");
  }
  if (parameters.get("SignatureVersion") !== "1.0") throw errors.incompleteSignature("SignatureVersion must be 1.0");
  const accessKey = known(accessKeys, accessKeyId);
  checkEqual(signature, signV1(request.method, parameters, accessKey.secret));
  checkTime(parameters.get("Timestamp"), nowMs);
  checkNonce(nonces, accessKeyId, parameters.get("SignatureNonce"), nowMs);
  checkVersion(parameters.get("Version"));
  return { accessKey, action: required(parameters.get("Action")) };
}

function known(accessKeys: AccessKeys, id: string): AccessKey {
  const accessKey = accessKeys.find(id);
  if (accessKey === undefined) throw errors.unknownAccessKey();
  return accessKey;
}

/** Compares digests, so that neither content nor length shows in the time it takes. */
function checkEqual(given: string, expected: string): void {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(given), digest(expected))) throw errors.signatureDoesNotMatch();
}

function checkTime(text: string | undefined, nowMs: number): void {
  if (!text) throw errors.missingTimestamp();
  const timeMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs)) throw errors.illegalTimestamp("must be like 2026-01-31T23:59:59Z");
  if (Math.abs(nowMs - timeMs) > clockWindowMs) throw errors.illegalTimestamp("more than 15 minutes from now");
}

/** Only after everything else of the signature: what a stranger sends must not use up a nonce. */
function checkNonce(nonces: Nonces, accessKeyId: string, nonce: string | undefined, nowMs: number): void {
  // Of V1: the KMS page "Signature" does not ask for one, nor does its sample have one.
  if (nonce && !nonces.use(accessKeyId, nonce, nowMs)) throw errors.usedNonce();
}

function checkVersion(version: string | undefined): void {
  if (!version) throw errors.missingParameter("Version");
  if (version !== "2016-01-20") throw errors.invalidParameter("Version", "must be 2016-01-20");
}

function required(action: string | undefined): string {
  if (!action) throw errors.missingParameter("Action");
  return action;
}

function singleHeader(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
