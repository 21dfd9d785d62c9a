import { UNKNOWN, type Inputs } from "../../../provider/lifecycle";
import { fillConnection, otherWorld } from "../../../provider/resources/connectionField";
import { CANARY, leaks } from "../canary";
import { testHost, type Values } from "../testHost";

const fill = (inputs: Inputs, config: Values = {}, env: Values = {}, oldInputs?: Inputs) =>
  fillConnection(testHost(config, env), oldInputs === undefined ? { inputs } : { inputs, oldInputs });

const region = (name: string) => ({ connection: { region: name } });
const OLD = { ...region("old-1"), emulated: false };
const CONFIG = { "alicloud:region": "config-1" };
const ENV = { ALIBABA_CLOUD_REGION_ID: "env-1" };

describe("the region that is filled in", () => {
  test.each<[string, Inputs, Values, Values, Inputs | undefined, string]>([
    ["the resource's before all others", region("own-1"), CONFIG, ENV, OLD, "own-1"],
    ["the configured one before the last one", {}, CONFIG, ENV, OLD, "config-1"],
    ["the last one before the environment's", {}, {}, ENV, OLD, "old-1"],
    ["the environment's for a new resource", {}, {}, ENV, undefined, "env-1"],
    ["the last one on a machine without any", {}, {}, {}, OLD, "old-1"],
    ["the configured one where the resource's is null", { connection: { region: null } }, CONFIG, ENV, OLD, "config-1"],
    ["the configured one where the connection is null", { connection: null }, CONFIG, ENV, OLD, "config-1"],
  ])("is %s", (_, inputs, config, env, olds, expected) => {
    const { filled, failures } = fill(inputs, config, env, olds);
    expect(failures).toEqual([]);
    expect(filled).toMatchObject({ connection: { region: expected }, emulated: false });
  });

  test("is missed where there is none", () => {
    const { failures } = fill({});
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toBe("connection.region");
    expect(failures[0]?.reason).toMatch(/pulumi config set alicloud:region/);
  });

  test.each([
    ["configured", { "alicloud:region": "Hangzhou!" }, {}],
    ["environment's", {}, { ALIBABA_CLOUD_REGION_ID: "Hangzhou!" }],
  ])("is checked where it is the %s, too", (_, config: Values, env: Values) => {
    expect(fill({}, config, env).failures).toHaveLength(1);
  });
});

test("keeps everything else that the resource says of its connection", () => {
  const connection = { network: "vpc", kmsInstanceId: "kst-1", caCertificate: "c" };
  const caCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
  const { filled } = fill({ connection: { ...connection, caCertificate } }, CONFIG);
  expect(filled).toEqual({ connection: { ...connection, caCertificate, region: "config-1" }, emulated: false });
});

test("writes no configured endpoint, gateway or CA into the resource, so that they can change freely", () => {
  const config = {
    ...CONFIG,
    "alicloud-kms:endpoint": "http://127.0.0.1:1",
    "alicloud-kms:network": "vpc",
    "alicloud-kms:caCertificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
  };
  expect(fill({}, config).filled).toEqual({ connection: { region: "config-1" }, emulated: true });
});

test.each([
  [{ endpoint: "http://127.0.0.1:1" }, true],
  [{ endpoint: "https://localhost" }, true],
  [{ endpoint: "kms.example" }, false],
  [{}, false],
])("tells an emulator by its loopback address: %j", (connection, emulated) => {
  expect(fill({ connection }, CONFIG).filled).toHaveProperty("emulated", emulated);
});

test("waits for what is unknown", () => {
  expect(fill({ connection: UNKNOWN })).toEqual({
    filled: { connection: UNKNOWN, emulated: UNKNOWN },
    failures: [],
  });
  expect(fill({ connection: { endpoint: UNKNOWN } }, CONFIG, {}, OLD)).toEqual({
    filled: { connection: { endpoint: UNKNOWN, region: "config-1" }, emulated: UNKNOWN },
    failures: [],
  });
  expect(fill({ connection: { region: UNKNOWN } })).toEqual({
    filled: { connection: { region: UNKNOWN }, emulated: false },
    failures: [],
  });
});

test("refuses to carry a stack on in the other world", () => {
  const local = { connection: { endpoint: "http://127.0.0.1:1" } };
  expect(fill(local, CONFIG, {}, OLD).failures).toEqual([
    {
      property: "connection",
      reason: expect.stringMatching(/^leads to an emulator, .*: use another stack$/) as unknown,
    },
  ]);
  expect(fill({}, CONFIG, {}, { ...OLD, emulated: true }).failures).toEqual([
    {
      property: "connection",
      reason: expect.stringMatching(/^leads to the real KMS, .*: use another stack$/) as unknown,
    },
  ]);
});

test.each([
  [undefined, true, false],
  [undefined, false, false],
  [true, undefined, false],
  [true, true, false],
  [false, false, false],
  [true, false, true],
  [false, true, true],
])("from %s to %s is another world: %s", (before, now, isOther) => {
  expect(otherWorld(before, now) !== undefined).toBe(isOther);
});

test("says what is wrong with a configured endpoint, and does not repeat it", () => {
  const endpoint = `https://user:${encodeURIComponent(CANARY)}@kms.example`;
  const { failures } = fill({}, { ...CONFIG, "alicloud-kms:endpoint": endpoint });
  expect(failures).toHaveLength(1);
  expect(failures[0]?.reason).toContain("holds a user or password");
  expect(leaks(failures, CANARY)).toEqual([]);
});
