/** HTTP in and out: limits, bodies, answers, the call log. Knows nothing of KMS beyond the shape of its answers. */
import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { CallRecord } from "./callLog";
import type { Trace } from "./call";
import { ApiError, errors } from "./errors";
import type { HttpRequest } from "./request";
import { StartFault, systemErrorCode } from "./startFault";

const mostBodyBytes = 1024 * 1024;

const options = {
  // Clients put ciphertexts and contexts of 8,192 characters, percent-encoded, into the URL.
  maxHeaderSize: 256 * 1024,
  // A client that reuses a connection just as it is closed sees ECONNRESET, and the official one does not try again.
  keepAliveTimeout: 10 * 60 * 1000,
  requestTimeout: 60 * 1000,
  // Answered here, as a typed error.
  requireHostHeader: false,
};

/** Certificate chain and private key, as PEM text. */
export interface Tls {
  cert: string;
  key: string;
}

/** Gives the answer of a call, and notes in the trace what the log may tell of it. */
export type AnswerCall = (http: HttpRequest, trace: Trace) => Promise<Record<string, unknown>>;

/** An HTTP server, or HTTPS where there is a certificate. */
export class ApiServer {
  private readonly server: Server;
  private callsUnderWay = 0;

  constructor(tls: Tls | undefined) {
    this.server = tls === undefined ? createHttpServer(options) : createTlsServer(tls);
    this.server.on("clientError", answerUnreadable);
  }

  /** Listens, and gives the port. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (error) => {
        const code = systemErrorCode(error);
        const reason = code === "EADDRINUSE" ? "is in use; give another port, or 0 for any free one" : code;
        reject(new StartFault(`port ${port} on ${host}: ${reason}`));
      });
      this.server.listen(port, host, () => {
        const address = this.server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Answers every request by the given function, and reports each call before its answer leaves. */
  serve(answer: AnswerCall, report: (call: CallRecord) => void): void {
    this.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.callsUnderWay += 1;
      response.once("close", () => {
        this.callsUnderWay -= 1;
        this.endIfIdle();
      });
      void this.handle(request, response, answer, report);
    });
  }

  /** Takes no more connections, lets the calls under way finish, and cuts off those that stall. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const cutOff = setTimeout(() => this.server.closeAllConnections(), 10_000);
      this.server.close(() => {
        clearTimeout(cutOff);
        resolve();
      });
      this.endIfIdle();
    });
  }

  private async handle(
    request: IncomingMessage,
    response: ServerResponse,
    answer: AnswerCall,
    report: (call: CallRecord) => void,
  ): Promise<void> {
    const startedMs = performance.now();
    const time = new Date().toISOString();
    const requestId = randomUUID();
    const trace: Trace = { action: null, keyId: null, accessKeyId: null };
    let outcome: Outcome;
    try {
      const { method = "", url: target = "", headers } = request;
      const body = await readBody(request);
      outcome = { status: 200, code: null, body: await answer({ method, target, headers, body }, trace) };
    } catch (error) {
      if (!request.complete) return; // The client has gone away.
      outcome = failure(error);
    }
    const { status, code, body } = outcome;
    const durationMs = Math.round(performance.now() - startedMs);
    report({ time, ...trace, status, code, requestId, durationMs });
    const text = JSON.stringify({ ...body, RequestId: requestId });
    const connection = this.server.listening ? {} : { Connection: "close" };
    response.writeHead(status, { ...contentHeaders(text), ...connection, "x-acs-request-id": requestId });
    response.end(text);
  }

  /** Node keeps a connection open on which no request ever came: once no call is under way, all can go. */
  private endIfIdle(): void {
    if (!this.server.listening && this.callsUnderWay === 0) setImmediate(() => this.server.closeAllConnections());
  }
}

interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly body: Record<string, unknown>;
}

function createTlsServer(tls: Tls): Server {
  try {
    return createHttpsServer({ ...options, ...tls });
  } catch {
    throw new StartFault("TLS: certificate and private key must be PEM, and belong together");
  }
}

/** Reads on past the limit, throwing away: a client that still writes would not see an answer. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > mostBodyBytes) throw errors.requestTooLarge(`a body has at most ${mostBodyBytes} bytes`);
  return Buffer.concat(chunks);
}

function failure(error: unknown): Outcome {
  if (!(error instanceof ApiError)) {
    // Where it happened, but not its message: that may hold what the caller sent.
    const place = error instanceof Error ? error.stack?.split("\n    at ")[1] : undefined;
    process.stderr.write(`alicloud-kms-emulator: internal failure at ${place ?? "an unknown place"}\n`);
    return failure(errors.internalFailure());
  }
  const { status, code, message } = error;
  return { status, code, body: { HttpStatus: status, Code: code, Message: message } };
}

/** What is not HTTP, or has too long a URL, never becomes a request: it is answered on the bare socket. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const tooLong = error.code === "HPE_HEADER_OVERFLOW";
  const { status, body } = failure(
    tooLong
      ? errors.requestTooLarge(`URL and headers have at most ${options.maxHeaderSize} bytes`)
      : errors.unreadableRequest("not HTTP"),
  );
  const text = JSON.stringify({ ...body, RequestId: randomUUID() });
  const headers = Object.entries({ ...contentHeaders(text), Connection: "close" });
  socket.end(`HTTP/1.1 ${status} Error\r\n${headers.map((each) => `${each.join(": ")}\r\n`).join("")}\r\n${text}`);
}

const contentHeaders = (text: string) => ({
  "Content-Type": "application/json;charset=utf-8",
  "Content-Length": Buffer.byteLength(text),
});
