/**
 * Which KMS a resource talks to: region, gateway and TLS, from the resource's `connection`, the stack's configuration
 * and the environment, in that order. Region is never guessed. Plain HTTP is for loopback only.
 */
import { isIP } from "node:net";
import { ConfigurationError } from "../errors";
import type { Settings } from "../lifecycle";

/** The `connection` of a resource. Nothing in it is secret. */
export interface Connection {
  /** Region ID, such as `cn-hangzhou`. Check fills it in. */
  region?: string | undefined;
  /** Which shared gateway: `public` (default) or `vpc`. */
  network?: "public" | "vpc" | undefined;
  /** A KMS instance (`kst-...`), reached over its dedicated gateway. */
  kmsInstanceId?: string | undefined;
  /** Host, host:port or URL of the gateway; wins over `network` and `kmsInstanceId`. */
  endpoint?: string | undefined;
  /** PEM of the CA that signed the gateway's certificate; replaces the public CAs. */
  caCertificate?: string | undefined;
}

/** A connection with every question answered. */
export interface Target {
  region: string;
  protocol: "http" | "https";
  /** host or host:port */
  host: string;
  caCertificate?: string | undefined;
  /** The gateway is on loopback: an emulator, whose keys open nowhere else. */
  emulated: boolean;
}

/** Where a region comes from when the resource names none; the first that is set wins. */
export const REGION_CONFIG = ["alicloud-kms:region", "alicloud:region"];
export const REGION_ENV = ["ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION", "ALICLOUD_REGION"];
/** Where a gateway may be configured: after this prefix, the names of `Connection`. */
const CONFIG_PREFIX = "alicloud-kms:";

/** The region of the configuration; `undefined` where none is set. */
export function configuredRegion(settings: Settings): string | undefined {
  return first(REGION_CONFIG, (name) => settings.config(name));
}

/** The region of the environment; `undefined` where none is set. */
export function environmentRegion(settings: Settings): string | undefined {
  return first(REGION_ENV, (name) => settings.env(name));
}

/** Says what is wrong with an endpoint, or nothing where it can be used. */
export function endpointFault(endpoint: string): string | undefined {
  const parsed = parseEndpoint(endpoint);
  return typeof parsed === "string" ? parsed : undefined;
}

/** Answers where calls go. Throws ConfigurationError where nothing or something faulty says so. */
export function resolveTarget(connection: Connection, settings: Settings): Target {
  const region = connection.region ?? configuredRegion(settings) ?? environmentRegion(settings);
  if (region === undefined) throw new ConfigurationError(`connection.region ${NO_REGION}`);
  const endpoint = connection.endpoint ?? inherited("endpoint", connection, settings);
  const caCertificate = connection.caCertificate ?? inherited("caCertificate", connection, settings);
  if (endpoint !== undefined) {
    const parsed = parseEndpoint(endpoint);
    if (typeof parsed === "string") throw new ConfigurationError(`connection.endpoint ${parsed}`);
    return { region, protocol: parsed.protocol, host: parsed.host, caCertificate, emulated: parsed.loopback };
  }
  return { region, protocol: "https", host: gatewayHost(region, connection, settings), caCertificate, emulated: false };
}

/** What to say of `connection.region` where no region is set anywhere. */
export const NO_REGION =
  "is not set: give it, or `pulumi config set alicloud:region <region>` " +
  `(or ${REGION_CONFIG[0]}), or set ${REGION_ENV[0]}; for example cn-hangzhou`;

/** Gateways: KMS documentation, "Endpoints" (shared) and "Initialize the client" (dedicated). */
function gatewayHost(region: string, connection: Connection, settings: Settings): string {
  const instance = connection.kmsInstanceId ?? inherited("kmsInstanceId", connection, settings);
  if (instance !== undefined) return `${instance}.cryptoservice.kms.aliyuncs.com`;
  const network = connection.network ?? inherited("network", connection, settings);
  return network === "vpc" ? `kms-vpc.${region}.aliyuncs.com` : `kms.${region}.aliyuncs.com`;
}

/**
 * A gateway named on the resource is not mixed with a configured one: whoever gives `network` or `kmsInstanceId` there
 * must not be led to a configured endpoint.
 */
function inherited(
  name: "endpoint" | "network" | "kmsInstanceId" | "caCertificate",
  own: Connection,
  settings: Settings,
): string | undefined {
  const namesGateway = own.endpoint !== undefined || own.kmsInstanceId !== undefined || own.network !== undefined;
  return namesGateway ? undefined : settings.config(CONFIG_PREFIX + name);
}

/** Takes an endpoint apart, or says what is wrong with it. */
function parseEndpoint(endpoint: string): { protocol: "http" | "https"; host: string; loopback: boolean } | string {
  const allowed = "allowed: a host, host:port, or http(s) URL without user, path or query";
  let url: URL;
  try {
    url = new URL(endpoint.includes("://") ? endpoint : `https://${endpoint}`);
  } catch {
    return `is not an address (${allowed})`;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return `has an unknown protocol (${allowed})`;
  if (url.username !== "" || url.password !== "") return `holds a user or password (${allowed})`;
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return `holds a path or query (${allowed})`;
  const loopback = isLoopback(url.hostname);
  if (url.protocol === "http:" && !loopback) return "is plain HTTP, which is for loopback only (allowed: https)";
  return { protocol: url.protocol === "http:" ? "http" : "https", host: url.host, loopback };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}

function first(names: string[], read: (name: string) => string | undefined): string | undefined {
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
