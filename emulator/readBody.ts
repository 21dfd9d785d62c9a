/** Reading the body of a request, up to a limit. */
import type { IncomingMessage } from "node:http";
import { errors } from "./errors";

/** Reads on past the limit, throwing away: a client that still writes would not see an answer. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > mostBytes) throw errors.requestTooLarge(`a body has at most ${mostBytes} bytes`);
  return Buffer.concat(chunks);
}
