import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, CredentialsError } from "../../../provider/errors";
import { findCredentials } from "../../../provider/kms/credentials";
import { CANARY, leaks } from "../canary";
import { answerJson, startFaultServer } from "../faultServer";
import { rejection } from "../rejection";
import { testHost, type Values } from "../testHost";

const FAMILIES = [
  ["configuration", "alicloud-kms:accessKey", "alicloud-kms:secretKey", "alicloud-kms:securityToken"],
  ["configuration", "alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"],
  ["environment", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["environment", "ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
] as const;

/** Settings in which the given names hold themselves, each in the place of its family. */
function find(...names: string[]) {
  const values: Values = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
  const inPlace = (wanted: string) =>
    Object.fromEntries(
      FAMILIES.filter(([place]) => place === wanted).flatMap(([, ...of]) =>
        of.filter((name) => names.includes(name)).map((name) => [name, values[name] ?? ""]),
      ),
    );
  return findCredentials(testHost(inPlace("configuration"), inPlace("environment")).settings);
}

test.each(FAMILIES.map(([place, id, secret, token], index) => [place, id, secret, token, index] as const))(
  "takes those of the %s's %s before all that come after",
  async (place, id, secret, token, index) => {
    const later = FAMILIES.slice(index).flatMap(([, ...names]) => names);
    const credentials = find(...later);
    expect(credentials.source).toBe(`${place} ${id}`);
    await expect(credentials.get()).resolves.toEqual({
      accessKeyId: `value of ${id}`,
      accessKeySecret: `value of ${secret}`,
      securityToken: `value of ${token}`,
    });
  },
);

test.each(FAMILIES)("takes those of the %s's %s without a token", async (_, id, secret) => {
  await expect(find(id, secret).get()).resolves.toMatchObject({
    accessKeyId: `value of ${id}`,
    securityToken: undefined,
  });
});

test("never mixes the parts of two families", async () => {
  const credentials = find("alicloud:accessKey", "alicloud:secretKey", "ALIBABA_CLOUD_SECURITY_TOKEN");
  await expect(credentials.get()).resolves.toHaveProperty("securityToken", undefined);
});

test.each(FAMILIES)("refuses a half-set access key of the %s: %s", (place, id, secret) => {
  const others = FAMILIES.filter(([, other]) => other !== id)
    .slice(-1)
    .flatMap(([, ...names]) => names);
  const after = others.includes("ALICLOUD_ACCESS_KEY") ? others : [];
  const halves = [
    [id, secret],
    [secret, id],
  ] as const;
  for (const [given, missing] of halves) {
    expect(() => find(given, ...after)).toThrow(ConfigurationError);
    expect(() => find(given, ...after)).toThrow(
      `${given} is set in the ${place}, but ${missing} is not: set both or neither`,
    );
  }
});

test("shows nothing of a half-set access key", () => {
  const { settings } = testHost({ "alicloud:secretKey": CANARY });
  let shown: unknown;
  try {
    findCredentials(settings);
  } catch (error) {
    shown = error;
  }
  expect(shown).toBeInstanceOf(ConfigurationError);
  expect(leaks(shown, CANARY)).toEqual([]);
});

test("overlooks a token without an access key", () => {
  expect(find("ALIBABA_CLOUD_SECURITY_TOKEN").source).toMatch(/^the default chain of the Alibaba Cloud SDK/);
});

describe("the default chain", () => {
  const before = { ...process.env };
  let home: string;

  beforeEach(() => {
    for (const name of Object.keys(process.env)) {
      if (name.startsWith("ALIBABA_CLOUD_") || name.startsWith("ALICLOUD_")) Reflect.deleteProperty(process.env, name);
    }
    home = mkdtempSync(join(tmpdir(), "credentials-"));
    Object.assign(process.env, {
      ALIBABA_CLOUD_CREDENTIALS_FILE: join(home, "none"),
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true",
    });
  });

  afterEach(() => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    rmSync(home, { recursive: true });
  });

  test("names every place that was asked, in order, when there is nothing", async () => {
    const error = await rejection(find().get());
    expect(error).toBeInstanceOf(CredentialsError);
    const places = FAMILIES.map(([place, id, secret]) => `${place} ${id} and ${secret}; `).join("");
    expect(error.message).toBe(
      `no credentials were found. Tried, in this order: ${places}` +
        "the default chain of the Alibaba Cloud SDK (OIDC, CLI profile, credentials file, ECS role, URI)",
    );
  });

  test("gives nothing away of files and answers that it cannot read", async () => {
    const file = join(home, "credentials");
    writeFileSync(file, `[default]\ntype = ${CANARY}\naccess_key_secret = ${CANARY}\n`);
    const server = await startFaultServer((response) => answerJson(response, 500, { AccessKeySecret: CANARY }));
    Object.assign(process.env, {
      ALIBABA_CLOUD_CREDENTIALS_FILE: file,
      ALIBABA_CLOUD_CREDENTIALS_URI: `${server.endpoint}/?token=${encodeURIComponent(CANARY)}`,
    });
    try {
      const error = await rejection(find().get());
      expect(server.requests).toHaveLength(1);
      expect(error).toBeInstanceOf(CredentialsError);
      expect(leaks(error, CANARY)).toEqual([]);
    } finally {
      await server.close();
    }
  });

  // Last, as the chain that has found something is kept for the whole process.
  test("is asked afresh after it has failed, and then found", async () => {
    const credentials = find();
    await rejection(credentials.get());
    const server = await startFaultServer((response) =>
      answerJson(response, 200, {
        Code: "Success",
        AccessKeyId: "id",
        AccessKeySecret: "secret",
        SecurityToken: "token",
        Expiration: "2999-01-01T00:00:00Z",
      }),
    );
    process.env.ALIBABA_CLOUD_CREDENTIALS_URI = server.endpoint;
    try {
      const found = { accessKeyId: "id", accessKeySecret: "secret", securityToken: "token" };
      await expect(credentials.get()).resolves.toEqual(found);
      await expect(find().get()).resolves.toEqual(found);
      expect(server.requests).toHaveLength(1);
    } finally {
      await server.close();
    }
  });
});
