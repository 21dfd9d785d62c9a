import { ConfigurationError } from "../../../provider/errors";
import {
  configuredRegion,
  endpointFault,
  environmentRegion,
  resolveTarget,
  type Connection,
} from "../../../provider/kms/connection";
import { CANARY, leaks } from "../canary";
import { testHost, type Values } from "../testHost";

const target = (connection: Connection, config: Values = {}, env: Values = {}) =>
  resolveTarget(connection, testHost(config, env).settings);

const certificate = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;

const REGION_SOURCES = [
  ["configuration", "alicloud-kms:region"],
  ["configuration", "alicloud:region"],
  ["environment", "ALIBABA_CLOUD_REGION_ID"],
  ["environment", "ALIBABA_CLOUD_REGION"],
  ["environment", "ALICLOUD_REGION"],
] as const;

describe("the region", () => {
  test.each(REGION_SOURCES.map(([place, name], index) => [name, place, index] as const))(
    "from %s of the %s wins over all that come after it",
    (_, __, index) => {
      const later = REGION_SOURCES.slice(index);
      const of = (wanted: string) =>
        Object.fromEntries(
          later.filter(([place]) => place === wanted).map(([, name], n) => [name, `${wanted}-${later.length}-${n}`]),
        );
      const [first] = later;
      expect(target({}, of("configuration"), of("environment")).region).toBe(`${String(first?.[0])}-${later.length}-0`);
    },
  );

  test("of the resource wins over all others", () => {
    const everywhere = Object.fromEntries(REGION_SOURCES.map(([, name]) => [name, "elsewhere-1"]));
    expect(target({ region: "cn-hangzhou" }, everywhere, everywhere).region).toBe("cn-hangzhou");
  });

  test("is never guessed: without one there is an error that names every way to set it", () => {
    const endpoint = "http://127.0.0.1:1";
    for (const connection of [{}, { endpoint }, { kmsInstanceId: "kst-1" }]) {
      expect(() => target(connection)).toThrow(ConfigurationError);
      expect(() => target(connection)).toThrow(
        /^connection\.region is not set: .*alicloud:region.*alicloud-kms:region.*ALIBABA_CLOUD_REGION_ID/,
      );
    }
  });

  test("of the configuration and of the environment are told apart", () => {
    const { settings } = testHost({ "alicloud:region": "a-1" }, { ALICLOUD_REGION: "b-1" });
    expect([configuredRegion(settings), environmentRegion(settings)]).toEqual(["a-1", "b-1"]);
    expect([configuredRegion(testHost().settings), environmentRegion(testHost().settings)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("the gateway", () => {
  const region = "cn-hangzhou";

  test.each<[string, Connection, Values, string]>([
    ["the public one by default", {}, {}, "kms.cn-hangzhou.aliyuncs.com"],
    ["the public one on request", { network: "public" }, {}, "kms.cn-hangzhou.aliyuncs.com"],
    ["the VPC's", { network: "vpc" }, {}, "kms-vpc.cn-hangzhou.aliyuncs.com"],
    ["the VPC's by configuration", {}, { "alicloud-kms:network": "vpc" }, "kms-vpc.cn-hangzhou.aliyuncs.com"],
    ["the instance's", { kmsInstanceId: "kst-1" }, {}, "kst-1.cryptoservice.kms.aliyuncs.com"],
    [
      "the instance's by configuration",
      {},
      { "alicloud-kms:kmsInstanceId": "kst-1" },
      "kst-1.cryptoservice.kms.aliyuncs.com",
    ],
    [
      "the instance's before the VPC's",
      { network: "vpc", kmsInstanceId: "kst-1" },
      {},
      "kst-1.cryptoservice.kms.aliyuncs.com",
    ],
    [
      "the endpoint before all",
      { endpoint: "kms.example:8443", network: "vpc", kmsInstanceId: "kst-1" },
      {},
      "kms.example:8443",
    ],
    ["the endpoint by configuration", {}, { "alicloud-kms:endpoint": "kms.example" }, "kms.example"],
    [
      "the endpoint by configuration before the instance's",
      {},
      { "alicloud-kms:endpoint": "kms.example", "alicloud-kms:kmsInstanceId": "kst-1" },
      "kms.example",
    ],
    [
      "the resource's network, whatever is configured",
      { network: "public" },
      { "alicloud-kms:endpoint": "http://127.0.0.1:1", "alicloud-kms:kmsInstanceId": "kst-1" },
      "kms.cn-hangzhou.aliyuncs.com",
    ],
    [
      "the resource's instance, whatever is configured",
      { kmsInstanceId: "kst-2" },
      { "alicloud-kms:endpoint": "http://127.0.0.1:1", "alicloud-kms:network": "vpc" },
      "kst-2.cryptoservice.kms.aliyuncs.com",
    ],
  ])("is %s", (_, connection, config, host) => {
    expect(target({ region, ...connection }, config)).toMatchObject({ protocol: "https", host, emulated: false });
  });

  test("takes its CA from the resource before the configuration", () => {
    const config = { "alicloud-kms:caCertificate": certificate("AAAA") };
    expect(target({ region, caCertificate: certificate("BBBB") }, config).caCertificate).toBe(certificate("BBBB"));
    expect(target({ region }, config).caCertificate).toBe(certificate("AAAA"));
    expect(target({ region }).caCertificate).toBeUndefined();
  });

  test.each<Connection>([{ endpoint: "kms.example" }, { network: "public" }, { kmsInstanceId: "kst-1" }])(
    "named on the resource is not mixed with a configured CA: %j",
    (connection) => {
      expect(
        target({ region, ...connection }, { "alicloud-kms:caCertificate": certificate("AAAA") }).caCertificate,
      ).toBeUndefined();
    },
  );

  test("is refused with every fault at once", () => {
    const connection = { region: "here", kmsInstanceId: "1", endpoint: "two words", caCertificate: "x" };
    expect(() => target(connection)).toThrow(
      /^connection\.region is .*; connection\.kmsInstanceId is .*; connection\.endpoint is .*; connection\.caCertificate is /,
    );
  });

  test.each([
    ["alicloud-kms:network", "VPC"],
    ["alicloud-kms:network", "intranet"],
    ["alicloud-kms:kmsInstanceId", "elsewhere.example/kst-1?"],
    ["alicloud-kms:region", "elsewhere.example/?"],
    ["alicloud-kms:caCertificate", "/path/of/ca.pem"],
  ])("is refused where the configured %s is %s", (name, value) => {
    expect(() => target({}, { "alicloud:region": region, [name]: value })).toThrow(ConfigurationError);
  });
});

describe("an endpoint", () => {
  const region = "cn-hangzhou";

  test.each([
    ["kms.example", "https", "kms.example", false],
    ["kms.example:8443", "https", "kms.example:8443", false],
    ["https://kms.example/", "https", "kms.example", false],
    ["HTTPS://KMS.example", "https", "kms.example", false],
    ["localhost:8443", "https", "localhost:8443", true],
    ["http://localhost:8080", "http", "localhost:8080", true],
    ["http://127.0.0.1:8080", "http", "127.0.0.1:8080", true],
    ["http://127.9.9.9", "http", "127.9.9.9", true],
    ["http://[::1]:8080", "http", "[::1]:8080", true],
    ["https://127.0.0.1", "https", "127.0.0.1", true],
  ])("%s is taken", (endpoint, protocol, host, emulated) => {
    expect(endpointFault(endpoint)).toBeUndefined();
    expect(target({ region, endpoint })).toEqual({ region, protocol, host, caCertificate: undefined, emulated });
  });

  test.each([
    ["http://kms.example", /^is plain HTTP, which is for loopback only \(allowed: https\)$/],
    ["http://10.0.0.1", /^is plain HTTP/],
    ["http://0.0.0.0", /^is plain HTTP/],
    ["http://127.0.0.1.example", /^is plain HTTP/],
    ["http://localhost.example", /^is plain HTTP/],
    ["http://127.example", /^is plain HTTP/],
    ["http://[::2]", /^is plain HTTP/],
    ["ftp://kms.example", /^has an unknown protocol \(allowed: a host, host:port, or http\(s\) URL without user/],
    ["file:///etc/passwd", /^has an unknown protocol/],
    ["https://user:word@kms.example", /^holds a user or password/],
    ["https://:word@kms.example", /^holds a user or password/],
    ["user@kms.example", /^holds a user or password/],
    ["https://kms.example/kms", /^holds a path or query/],
    ["https://kms.example?a=b", /^holds a path or query/],
    ["https://kms.example#a", /^holds a path or query/],
    ["kms.example/path", /^holds a path or query/],
    ["https://", /^is not an address/],
    ["two words", /^is not an address/],
    ["kms.example:99999", /^is not an address/],
  ])("%s is refused", (endpoint, fault) => {
    expect(endpointFault(endpoint)).toMatch(fault);
    expect(() => target({ region, endpoint })).toThrow(ConfigurationError);
    expect(() => target({ region, endpoint })).toThrow(/^connection\.endpoint (is|has|holds) /);
    expect(() => target({ region }, { "alicloud-kms:endpoint": endpoint })).toThrow(ConfigurationError);
  });

  test("that is configured is named as it is configured", () => {
    const config = { "alicloud-kms:endpoint": "http://kms.example" };
    expect(() => target({ region }, config)).toThrow(/^alicloud-kms:endpoint is plain HTTP/);
  });

  test("is never repeated in a fault: it may hold a password", () => {
    const endpoints = [
      `https://user:${encodeURIComponent(CANARY)}@kms.example`,
      `https://kms.example/?token=${encodeURIComponent(CANARY)}`,
      `${CANARY} is my secret`,
    ];
    expect(endpoints.map(endpointFault)).not.toContain(undefined);
    expect(endpoints.flatMap((endpoint) => leaks(endpointFault(endpoint), CANARY))).toEqual([]);
  });
});
