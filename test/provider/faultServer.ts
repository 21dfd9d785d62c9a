import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came in. */
export interface ReceivedRequest {
  action: string | undefined;
  headers: http.IncomingHttpHeaders;
  query: URLSearchParams;
  rawUrl: string;
}

/** Answers the request with this number, from 1. */
export type Respond = (response: http.ServerResponse, count: number, request: ReceivedRequest) => void;

export interface FaultServer {
  /** host:port */
  host: string;
  /** `http://host:port` */
  endpoint: string;
  requests: ReceivedRequest[];
  close: () => Promise<void>;
}

/** Starts a server on loopback that answers as no KMS would. */
export async function startFaultServer(respond: Respond): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  const server = http.createServer((request, response) => {
    const rawUrl = request.url ?? "";
    const action = request.headers["x-acs-action"];
    const { searchParams: query } = new URL(rawUrl, "http://localhost");
    const received = { action: String(action), headers: request.headers, query, rawUrl };
    requests.push(received);
    request.resume();
    respond(response, requests.length, received);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    endpoint: `http://${host}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address on loopback where nothing listens. */
export async function deadServer(): Promise<Pick<FaultServer, "host" | "endpoint">> {
  const server = await startFaultServer(() => undefined);
  await server.close();
  return server;
}

/** Answers with JSON. */
export function answerJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json;charset=utf-8" }).end(JSON.stringify(body));
}

export const REQUEST_ID = "3bf02f7a-015b-4f34-be0f-c4543fda2d33";

/** An error as KMS answers it. */
export function kmsError(code: string, message = "Refused.", requestId = REQUEST_ID): object {
  return { Code: code, Message: message, RequestId: requestId };
}

/** What KMS answers to GenerateDataKeyWithoutPlaintext. */
export const GENERATED = {
  CiphertextBlob: Buffer.from("a data key under a KMS key").toString("base64"),
  KeyId: "key-hzz00000000000000000a",
  KeyVersionId: "key-hzz00000000000000000a-0123456789",
  RequestId: REQUEST_ID,
};
