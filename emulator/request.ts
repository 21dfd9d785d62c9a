/** Reads an HTTP request into the parameters that KMS sees; knows nothing of signatures or actions. */
import type { IncomingHttpHeaders } from "node:http";
import { errors } from "./errors";

/** A request as it came over HTTP. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request taken apart: names and values decoded once, each name once. */
export interface ApiRequest extends HttpRequest {
  readonly query: ReadonlyMap<string, string>;
  /** Query and form body together: RPC clients use either, and the first signature scheme covers both. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Takes a request apart. A name that occurs twice is refused: whoever signed it may have meant the other value. */
export function parseRequest(http: HttpRequest): ApiRequest {
  if (http.method !== "GET" && http.method !== "POST") throw errors.unsupportedMethod();
  const [path, queryText = ""] = splitOnce(http.target, "?");
  if (path !== "/") throw errors.unsupportedOperation();
  const query = new Map<string, string>();
  addPairs(queryText, query);
  const parameters = new Map(query);
  if (http.body.length > 0) {
    if (!isForm(http.headers["content-type"])) throw errors.unreadableRequest("a body must be a form");
    addPairs(http.body.toString("utf8"), parameters);
  }
  return { ...http, query, parameters };
}

function addPairs(text: string, into: Map<string, string>): void {
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const [name, value = ""] = splitOnce(pair, "=").map(decode);
    if (name === undefined || name === "") throw errors.unreadableRequest("a parameter has no name");
    if (into.has(name)) throw errors.unreadableRequest("a parameter occurs twice");
    into.set(name, value);
  }
}

/** Go and Python send a space as `+`, JavaScript and Java as `%20`: both are understood. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw errors.unreadableRequest("a parameter is not valid percent-encoded UTF-8");
  }
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
