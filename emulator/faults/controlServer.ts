/** The control endpoint, on loopback only: `POST /faults` orders one, `GET` shows what is left, `DELETE` clears. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../listen";
import { readBody } from "../readBody";
import type { Faults } from "./faults";

/** The address that it listens on, whatever the emulator itself listens on. */
const host = "127.0.0.1";
const mostBytes = 64 * 1024;

/** A control endpoint that listens. */
export interface ControlServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): void;
}

/** Starts the endpoint; 0 is any free port. */
export async function startControlServer(port: number, faults: Faults): Promise<ControlServer> {
  const server = createServer((request, response) => {
    void answer(request, faults)
      .catch(() => wrong(413, `a body has at most ${mostBytes} bytes`))
      .then((reply) => send(response, reply));
  });
  const boundPort = await listen(server, host, port);
  return {
    url: `http://${host}:${boundPort}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

async function answer(request: IncomingMessage, faults: Faults): Promise<Reply> {
  // A browser sends this with whatever a web page makes it do; no tool does.
  if (request.headers.origin !== undefined) return wrong(403, "not for web pages");
  if (request.url !== "/faults") return wrong(404, "only /faults is here");
  const text = (await readBody(request, mostBytes)).toString();
  switch (request.method) {
    case "GET":
      break;
    case "DELETE":
      faults.clear();
      break;
    case "POST": {
      const order = parsed(text);
      if (order === undefined) return wrong(400, "the body must be JSON");
      const errors = faults.add(order);
      if (errors.length > 0) return wrong(400, ...errors);
      break;
    }
    default:
      return wrong(405, "only GET, POST and DELETE");
  }
  return { status: 200, body: { faults: faults.list() } };
}

const wrong = (status: number, ...errors: string[]): Reply => ({ status, body: { errors } });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { "Content-Type": "application/json;charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}
