/** HTTP in and out: limits, bodies, answers, the call log. Knows nothing of KMS beyond the shape of its answers. */
import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";
import type { CallRecord } from "./callLog";
import type { Trace } from "./call";
import { errors } from "./errors";
import { listen } from "./listen";
import { failure, wantedFormat, write, type Format, type Outcome, type Written } from "./outcome";
import { readBody } from "./readBody";
import type { HttpRequest } from "./request";
import { StartFault } from "./startFault";
import type { Tls } from "./tls/privateCa";

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

/** Gives the outcome of a call, and notes in the trace what the log may tell of it. */
export type AnswerCall = (http: HttpRequest, trace: Trace) => Promise<Outcome>;

/** An HTTP server, or HTTPS. */
export class ApiServer {
  private readonly server: Server;
  private readonly https: HttpsServer | undefined;
  private callsUnderWay = 0;
  /** Calls whose work is not done, even where their client has gone away. */
  private readonly work = new Set<Promise<void>>();

  constructor(secure: boolean) {
    this.https = secure ? createHttpsServer(options) : undefined;
    this.server = this.https ?? createHttpServer(options);
    this.server.on("clientError", answerUnreadable);
  }

  /** Gives the certificate that HTTPS needs, before the first request at the latest. */
  useCertificate(tls: Tls): void {
    try {
      this.https?.setSecureContext(tls);
    } catch {
      throw new StartFault("TLS: certificate and private key must be PEM, and belong together");
    }
  }

  /** Listens, and gives the port. */
  listen(host: string, port: number): Promise<number> {
    return listen(this.server, host, port);
  }

  /** Answers every request by the given function, and reports each call before its answer leaves. */
  serve(answer: AnswerCall, report: (call: CallRecord) => void): void {
    this.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.callsUnderWay += 1;
      response.once("close", () => {
        this.callsUnderWay -= 1;
        this.endIfIdle();
      });
      const work = this.handle(request, response, answer, report).finally(() => this.work.delete(work));
      this.work.add(work);
    });
  }

  /**
   * Takes no more connections, lets the calls under way finish, and cuts off those that stall. What a call still does
   * once its connection has ended is waited for too: it may write.
   */
  async close(): Promise<void> {
    await this.endConnections();
    await Promise.allSettled(this.work);
  }

  private endConnections(): Promise<void> {
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
    const { method = "", url: target = "", headers } = request;
    let body: Buffer = Buffer.alloc(0);
    let outcome: Outcome;
    try {
      body = await readBody(request, mostBodyBytes);
      outcome = await answer({ method, target, headers, body }, trace);
    } catch (error) {
      if (!request.complete) return; // The client has gone away.
      outcome = failure(error);
    }
    const { status, code, fault } = outcome;
    const durationMs = Math.round(performance.now() - startedMs);
    report({ time, ...trace, status, code, requestId, durationMs, ...(fault !== undefined && { fault }) });
    if (!this.server.listening) response.setHeader("Connection", "close");
    respond(response, outcome, requestId, wantedFormat({ target, body }));
  }

  /** Node keeps a connection open on which no request ever came: once no call is under way, all can go. */
  private endIfIdle(): void {
    if (!this.server.listening && this.callsUnderWay === 0) setImmediate(() => this.server.closeAllConnections());
  }
}

/** Sends the answer, or what a fault on demand leaves of it. */
function respond(response: ServerResponse, outcome: Outcome, requestId: string, format: Format): void {
  const { status, body, location, damage } = outcome;
  if (damage === "cut off") return cut(response);
  const whole = body === undefined ? nothing : write(body, requestId, format);
  const written = damage === "not json" ? page : whole;
  if (location !== undefined) response.setHeader("Location", location);
  response.writeHead(status, { ...contentHeaders(written), "x-acs-request-id": requestId });
  if (damage === "truncated") response.write(written.text.slice(0, written.text.length / 2), () => cut(response));
  else response.end(written.text);
}

const nothing: Written = { contentType: "text/plain", text: "" };

/** What a proxy may put in place of an answer. */
const page: Written = { contentType: "text/html", text: "<html><body>Bad gateway</body></html>\n" };

/** Ends the connection as a crash would; TLS has no way to say so, and just ends. */
function cut(response: ServerResponse): void {
  const { socket } = response;
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
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
  const requestId = randomUUID();
  const written = write(body ?? {}, requestId, "JSON");
  const headers = Object.entries({ ...contentHeaders(written), Connection: "close", "x-acs-request-id": requestId });
  const lines = headers.map((each) => `${each.join(": ")}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} Error\r\n${lines}\r\n${written.text}`);
}

const contentHeaders = ({ contentType, text }: Written) => ({
  "Content-Type": contentType,
  "Content-Length": Buffer.byteLength(text),
});
