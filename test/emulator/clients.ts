/** Three ways to call an emulator: the official client, the newer ACS3 core, and requests signed here by hand. */
import { createHash, createHmac, randomUUID } from "node:crypto";
import * as http from "node:http";
import * as https from "node:https";
import KmsClient from "@alicloud/kms20160120";
import * as $RPC from "@alicloud/rpc-client";
import { $OpenApiUtil, default as OpenApi } from "@alicloud/openapi-core";
import { RuntimeOptions } from "@darabonba/typescript";
import type { Emulator } from "../../emulator/emulator";

export type Params = Record<string, string>;

/** Every field that an answer of some action has; a test reads only those that its action answers with. */
export interface Answer {
  RequestId: string;
  HttpStatus: number;
  Code: string;
  Message: string;
  KeyMetadata: Record<string, string> & { KeyId: string; PrimaryKeyVersion: string; CreationDate: string };
  KeyId: string;
  KeyVersionId: string;
  CiphertextBlob: string;
  Plaintext: string;
  ExportedDataKey?: string;
  PublicKey: string;
  PageNumber: number;
  PageSize: number;
  TotalCount: number;
  NextToken: string;
  Policy: string;
  KeyVersion: KeyVersionAnswer;
  Keys: { Key: { KeyId: string; KeyArn: string }[] };
  KeyVersions: { KeyVersion: KeyVersionAnswer[] };
  Aliases: { Alias: { AliasName: string; AliasArn: string; KeyId: string }[] };
  Tags: { Tag: { KeyId: string; TagKey: string; TagValue: string }[] };
  TagResources: { TagResource: { ResourceId: string; ResourceType: string; TagKey: string; TagValue: string }[] };
  Regions: { Region: { RegionId: string }[] };
}

interface KeyVersionAnswer {
  KeyId: string;
  KeyVersionId: string;
  CreationDate: string;
}

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Answer;
}

/** Where to call, and as whom. */
export type Access = Pick<Emulator, "endpoint" | "accessKeyId" | "accessKeySecret">;

/** The official client, unmodified. */
export function officialClient(to: Access): KmsClient {
  const { host, protocol } = new URL(to.endpoint);
  return new KmsClient(
    new $RPC.Config({
      endpoint: host,
      protocol: protocol.slice(0, -1),
      accessKeyId: to.accessKeyId,
      accessKeySecret: to.accessKeySecret,
      regionId: "cn-hangzhou",
      type: "access_key",
    }),
  );
}

/** A call through the newer core (ACS3-HMAC-SHA256), with parameters in the query or in a form body. */
export async function acs3Call(to: Access, action: string, query: Params, form?: Params, ca?: string): Promise<Answer> {
  const { host, protocol } = new URL(to.endpoint);
  const client = new OpenApi(
    new $OpenApiUtil.Config({
      endpoint: host,
      protocol: protocol.slice(0, -1).toUpperCase(),
      accessKeyId: to.accessKeyId,
      accessKeySecret: to.accessKeySecret,
      ...(ca !== undefined && { ca }),
    }),
  );
  const params = new $OpenApiUtil.Params({
    action,
    version: "2016-01-20",
    protocol: protocol.slice(0, -1).toUpperCase(),
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const request = new $OpenApiUtil.OpenApiRequest({ query, ...(form !== undefined && { body: form }) });
  const answer = await client.callApi(params, request, new RuntimeOptions({}));
  return answer.body as Answer;
}

/** RFC 3986 encoding, written apart from the emulator's. */
export function encode(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9\-_.~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** The parameters with a V1 signature added. */
export function signedV1(method: string, to: Access, params: Params): Params {
  const all: Params = {
    Version: "2016-01-20",
    Format: "JSON",
    AccessKeyId: to.accessKeyId,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+Z/, "Z"),
    ...params,
  };
  const joined = Object.keys(all)
    .sort()
    .map((name) => `${encode(name)}=${encode(all[name] ?? "")}`)
    .join("&");
  const text = `${method}&%2F&${encode(joined)}`;
  return { ...all, Signature: createHmac("sha1", `${to.accessKeySecret}&`).update(text).digest("base64") };
}

/** The headers of a request signed with ACS3, for a query that is already encoded and sorted. */
export function signedAcs3(method: string, to: Access, action: string, query = "", body = ""): Params {
  const headers: Params = {
    host: new URL(to.endpoint).host,
    "x-acs-action": action,
    "x-acs-content-sha256": createHash("sha256").update(body).digest("hex"),
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z/, "Z"),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-version": "2016-01-20",
  };
  return { ...headers, authorization: acs3Authorization(method, to, headers, query) };
}

/** The Authorization header over exactly these headers. */
export function acs3Authorization(method: string, to: Access, headers: Params, query = ""): string {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = `${method}\n/\n${query}\n${lines}\n${names.join(";")}\n${headers["x-acs-content-sha256"]}`;
  const text = `ACS3-HMAC-SHA256\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", to.accessKeySecret).update(text).digest("hex");
  return `ACS3-HMAC-SHA256 Credential=${to.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
}

/** `a=b&c=d`, encoded. */
export const formText = (params: Params): string =>
  Object.entries(params)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");

/** An answer as it came. */
export interface TextReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** Sends a request as it is, on a connection of its own; over HTTPS it trusts this CA alone. */
export function sendForText(
  to: Pick<Emulator, "endpoint">,
  method: string,
  target: string,
  headers: Params = {},
  body = "",
  ca?: string,
): Promise<TextReply> {
  return new Promise((resolve, reject) => {
    const { hostname, port, protocol } = new URL(to.endpoint);
    const options = { hostname, port, method, path: target, headers, agent: false, ...(ca !== undefined && { ca }) };
    const take = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    };
    const request = protocol === "https:" ? https.request(options, take) : http.request(options, take);
    request.on("error", reject);
    request.end(body);
  });
}

/** Sends a request as it is, for an answer in JSON. */
export async function send(...request: Parameters<typeof sendForText>): Promise<Reply> {
  const { text, ...reply } = await sendForText(...request);
  return { ...reply, body: JSON.parse(text) as Answer };
}

/** An action called with a V1 signature, by default as the official client does: POST, everything in the query. */
export function call(to: Access, action: string, params: Params = {}, method = "POST", ca?: string): Promise<Reply> {
  return send(to, method, `/?${formText(signedV1(method, to, { Action: action, ...params }))}`, {}, "", ca);
}

/** As `call`, for what must succeed. */
export async function callOk(to: Access, action: string, params: Params = {}): Promise<Answer> {
  const { status, body } = await call(to, action, params);
  if (status !== 200) throw new Error(`${action}: ${status} ${body.Code} ${body.Message}`);
  return body;
}

/** Makes a key and gives its ID. */
export async function newKey(to: Access, params: Params = {}): Promise<string> {
  return (await callOk(to, "CreateKey", params)).KeyMetadata.KeyId;
}

/** Makes a key pair, and gives the parameters that name its version. */
export async function newKeyPair(to: Access, KeySpec: string): Promise<{ KeyId: string; KeyVersionId: string }> {
  const { KeyMetadata } = await callOk(to, "CreateKey", { KeySpec });
  return { KeyId: KeyMetadata.KeyId, KeyVersionId: KeyMetadata.PrimaryKeyVersion };
}
