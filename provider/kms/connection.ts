/**
 * Which KMS a resource talks to: region, gateway and TLS, from the resource's `connection`, the stack's configuration
 * and the environment, in that order. Region is never guessed. Plain HTTP is for loopback only.
 */
import { isIP } from "node:net";
import { ConfigurationError } from "../errors";
import { UNKNOWN, type Settings } from "../lifecycle";

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

/** Says what is wrong with a value of each name, or nothing. */
export const CONNECTION_FAULTS: Record<keyof Connection, (value: string) => string | undefined> = {
  region: (region) =>
    /^[a-z]{2,}(-[a-z0-9]+)+$/.test(region) ? undefined : "is not a region ID (allowed: such as cn-hangzhou)",
  network: (network) =>
    network === "public" || network === "vpc" ? undefined : "is none of the allowed values: public, vpc",
  kmsInstanceId: (id) =>
    /^kst-[a-z0-9]+$/.test(id) ? undefined : "is not the ID of a KMS instance (allowed: kst- and letters or digits)",
  endpoint: endpointFault,
  caCertificate: (pem) =>
    /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/.test(pem)
      ? undefined
      : "is not a certificate (allowed: PEM, -----BEGIN CERTIFICATE-----)",
};

/** Answers where calls go. Throws ConfigurationError with every fault at once, wherever it was set. */
export function resolveTarget(connection: Connection, settings: Settings): Target {
  const all = complete(connection, settings);
  const faults = Object.entries(CONNECTION_FAULTS).flatMap(([name, fault]) => {
    const value = all[name as keyof Connection];
    const reason = value === undefined || value === UNKNOWN ? undefined : fault(value);
    const given = connection[name as keyof Connection] !== undefined;
    const place = given ? `connection.${name}` : name === "region" ? "the configured region" : CONFIG_PREFIX + name;
    return reason === undefined ? [] : [`${place} ${reason}`];
  });
  if (all.region === undefined) faults.push(`connection.region ${NO_REGION}`);
  if (all.region === undefined || faults.length > 0) throw new ConfigurationError(faults.join("; "));
  const { region, caCertificate } = all;
  const endpoint = parseEndpoint(all.endpoint ?? gatewayHost(region, all));
  if (typeof endpoint === "string") throw new ConfigurationError(`connection.endpoint ${endpoint}`);
  return { region, protocol: endpoint.protocol, host: endpoint.host, caCertificate, emulated: endpoint.loopback };
}

/**
 * What the resource does not name comes from the configuration. A gateway named on the resource is not mixed with a
 * configured one: whoever gives `network` or `kmsInstanceId` there must not be led to a configured endpoint.
 */
function complete(own: Connection, settings: Settings): Connection {
  const region = own.region ?? configuredRegion(settings) ?? environmentRegion(settings);
  if (own.endpoint !== undefined || own.kmsInstanceId !== undefined || own.network !== undefined) {
    return { ...own, region };
  }
  const configured = (name: keyof Connection) => settings.config(CONFIG_PREFIX + name);
  return {
    region,
    network: configured("network") as Connection["network"],
    kmsInstanceId: configured("kmsInstanceId"),
    endpoint: configured("endpoint"),
    caCertificate: own.caCertificate ?? configured("caCertificate"),
  };
}

/** What to say of `connection.region` where no region is set anywhere. */
export const NO_REGION =
  "is not set: give it, or `pulumi config set alicloud:region <region>` " +
  `(or ${REGION_CONFIG[0]}), or set ${REGION_ENV[0]}; for example cn-hangzhou`;

/** Gateways: KMS documentation, "Endpoints" (shared) and "Initialize the client" (dedicated). */
function gatewayHost(region: string, { kmsInstanceId, network }: Connection): string {
  if (kmsInstanceId !== undefined) return `${kmsInstanceId}.cryptoservice.kms.aliyuncs.com`;
  return network === "vpc" ? `kms-vpc.${region}.aliyuncs.com` : `kms.${region}.aliyuncs.com`;
}

/** Says what is wrong with an endpoint, or nothing where it can be used. */
export function endpointFault(endpoint: string): string | undefined {
  const parsed = parseEndpoint(endpoint);
  return typeof parsed === "string" ? parsed : undefined;
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
