import "../provider/errorsOfNode";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { memoryRecords } from "../../emulator/storage/records";
import { gatewayCertificate, privateCa } from "../../emulator/tls/privateCa";
import { startEmulator, type CallRecord, type Emulator, type EmulatorOptions } from "../../emulator/emulator";
import { connectKms } from "../../provider/kms/connectKms";
import { resolveTarget, type Connection } from "../../provider/kms/connection";
import { rejection } from "../provider/rejection";
import { selfSignedCertificate } from "../provider/selfSignedCertificate";
import { testHost } from "../provider/testHost";
import { call } from "./clients";

const instance = "kst-hzz0000test";
const keyId = "key-0000000000000gateways";
const gateway = `${instance}.cryptoservice.kms.aliyuncs.com`;

const started: Emulator[] = [];
let folder: string;
let calls: CallRecord[];
beforeEach(() => {
  calls = [];
  folder = fs.mkdtempSync(join(tmpdir(), "gateways-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const emulator of started.splice(0)) await emulator.close();
  fs.rmSync(folder, { recursive: true });
});

async function start(options: EmulatorOptions): Promise<Emulator> {
  const onCall = (record: CallRecord) => void calls.push(record);
  const emulator = await startEmulator({ seed: { keys: [{ keyId, aliases: ["alias/a"] }] }, onCall, ...options });
  started.push(emulator);
  return emulator;
}

const caOf = (emulator: Emulator) => fs.readFileSync(String(emulator.caCertificate), "utf8");

/** Leads HTTPS connections to other machines to the emulator, as a hosts file would; the name that is asked for stays. */
function resolveNamesTo({ endpoint }: Emulator): string[] {
  const asked: string[] = [];
  const prototype = https.Agent.prototype as unknown as {
    createConnection: (options: object, ...more: unknown[]) => unknown;
  };
  const original = prototype.createConnection;
  jest.spyOn(prototype, "createConnection").mockImplementation(function (this: unknown, options, ...more) {
    asked.push(String((options as { host?: unknown }).host));
    return original.call(this, { ...options, host: "127.0.0.1", port: new URL(endpoint).port }, ...more);
  });
  return asked;
}

/** Asks for a data key as the provider does. */
function ask(emulator: Emulator, connection: Connection) {
  const { settings } = testHost({
    "alicloud-kms:accessKey": emulator.accessKeyId,
    "alicloud-kms:secretKey": emulator.accessKeySecret,
  });
  const target = resolveTarget({ region: "cn-hangzhou", ...connection }, settings);
  return connectKms(target, settings).generateDataKeyWithoutPlaintext({ keyId: "alias/a" });
}

describe("the provider's connection reaches", () => {
  test.each<[string, Connection, string]>([
    ["the shared gateway of a region", {}, "kms.cn-hangzhou.aliyuncs.com"],
    ["that of another region", { region: "eu-central-1" }, "kms.eu-central-1.aliyuncs.com"],
    ["the gateway for VPCs", { network: "vpc" }, "kms-vpc.cn-hangzhou.aliyuncs.com"],
    ["an endpoint by its name", { endpoint: "https://kms.example.com" }, "kms.example.com"],
  ])("%s", async (_, connection, name) => {
    const ca = privateCa(memoryRecords(), instance);
    const tls = gatewayCertificate(ca, instance, name);
    const emulator = await start({ tls, ...(connection.region !== undefined && { region: connection.region }) });
    const asked = resolveNamesTo(emulator);
    await expect(ask(emulator, { ...connection, caCertificate: ca.cert })).resolves.toHaveProperty("keyId", keyId);
    expect(new Set(asked)).toEqual(new Set([name]));
  });

  test("the gateway of an instance, under the CA that the emulator made", async () => {
    const emulator = await start({ instance });
    const asked = resolveNamesTo(emulator);
    const answer = await ask(emulator, { kmsInstanceId: instance, caCertificate: caOf(emulator) });
    expect(answer.keyId).toBe(keyId);
    expect(new Set(asked)).toEqual(new Set([gateway]));
  });

  test.each(["127.0.0.1", "localhost"])("an instance on %s by its endpoint", async (host) => {
    const emulator = await start({ instance });
    const endpoint = emulator.endpoint.replace("127.0.0.1", host);
    await expect(ask(emulator, { endpoint, caCertificate: caOf(emulator) })).resolves.toHaveProperty("keyId", keyId);
  });

  test("an emulator without TLS by its endpoint", async () => {
    const emulator = await start({});
    await expect(ask(emulator, { endpoint: emulator.endpoint })).resolves.toHaveProperty("keyId", keyId);
  });
});

describe("the provider refuses a gateway", () => {
  const refusal = async (emulator: Emulator, caCertificate?: string, endpoint = emulator.endpoint) => {
    const error = await rejection(ask(emulator, { endpoint, caCertificate }));
    expect(calls).toEqual([]);
    return error.message;
  };

  test("whose CA is not the one that is given, even where both have the same name", async () => {
    const emulator = await start({ instance });
    const sameName = await start({ instance });
    const otherName = await start({ instance: "kst-other" });
    for (const ca of [caOf(sameName), caOf(otherName), undefined]) {
      expect(await refusal(emulator, ca)).toContain(
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE (no HTTP status). The gateway's CA is not trusted: check connection.caCertificate",
      );
    }
  });

  test("whose certificate is for another name", async () => {
    const emulator = await start({ instance });
    resolveNamesTo(emulator);
    const error = await rejection(ask(emulator, { kmsInstanceId: "kst-other", caCertificate: caOf(emulator) }));
    expect(error.message).toContain(
      "ERR_TLS_CERT_ALTNAME_INVALID (no HTTP status). The gateway's certificate is for another",
    );
  });

  test("whose certificate has expired", async () => {
    const tls = selfSignedCertificate("127.0.0.1", -1);
    expect(await refusal(await start({ tls, instance }), tls.cert)).toContain(
      "CERT_HAS_EXPIRED (no HTTP status). The gateway's",
    );
  });

  test("whose certificate is self-signed", async () => {
    const tls = selfSignedCertificate("127.0.0.1", 30);
    const message = await refusal(await start({ tls, instance }));
    expect(message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT (no HTTP status). The gateway's certificate is self-signed");
  });

  test("that does not speak TLS", async () => {
    const emulator = await start({});
    const message = await refusal(emulator, undefined, emulator.endpoint.replace("http:", "https:"));
    expect(message).toContain(
      "EPROTO (no HTTP status). The TLS handshake failed: check that the endpoint speaks HTTPS.",
    );
  });

  test("of an untrusted CA whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    const [emulator, other] = [await start({ instance }), await start({ instance: "kst-other" })];
    const inChild = (ca: Emulator) =>
      new Promise<string>((done) => {
        const script = resolve(__dirname, "askGateway.ts");
        const { endpoint, accessKeyId, accessKeySecret } = emulator;
        const args = [endpoint, keyId, accessKeyId, accessKeySecret, String(ca.caCertificate)];
        const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
        const run = ["-r", "ts-node/register/transpile-only", script, ...args];
        execFile(process.execPath, run, { env }, (_error, stdout) => done(stdout));
      });
    expect(await inChild(emulator)).toBe(`made under ${keyId}`);
    expect(await inChild(other)).toContain(
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE (no HTTP status). The gateway's CA is not trust",
    );
    expect(calls).toHaveLength(1);
  });
});

describe("the gateway of an instance", () => {
  const askFor = (emulator: Emulator, action: string, params: Record<string, string>) =>
    call(emulator, action, params, "POST", caOf(emulator));

  test("does cryptography, and neither ReEncrypt nor management", async () => {
    const emulator = await start({ instance });
    const made = await askFor(emulator, "GenerateDataKey", { KeyId: "alias/a" });
    const { CiphertextBlob, Plaintext } = made.body;
    expect((await askFor(emulator, "Decrypt", { CiphertextBlob })).body.Plaintext).toBe(Plaintext);
    for (const action of ["ReEncrypt", "DescribeKey", "CreateKey", "ListKeys", "CreateAlias", "TagResource"]) {
      const params = { KeyId: keyId, CiphertextBlob, DestinationKeyId: keyId };
      const { status, body } = await askFor(emulator, action, params);
      expect([action, status, body.Code]).toEqual([action, 400, "UnsupportedOperation"]);
    }
  });

  test("has a certificate of its own CA for its name, for loopback and for the host that it listens on", async () => {
    const emulator = await start({ instance, host: "127.0.0.2" });
    expect(emulator.endpoint).toMatch(/^https:\/\/127\.0\.0\.2:/);
    const certificate = await certificateOf(emulator);
    const ca = new X509Certificate(caOf(emulator));
    expect([ca.ca, certificate.ca, certificate.checkIssued(ca), certificate.verify(ca.publicKey)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    for (const name of [gateway, "localhost"]) expect(certificate.checkHost(name)).toBe(name);
    for (const ip of ["127.0.0.1", "127.0.0.2", "::1"]) expect(certificate.checkIP(ip)).toBe(ip);
    expect(certificate.checkHost("kms.cn-hangzhou.aliyuncs.com")).toBeUndefined();
  });

  test("keeps its CA in the data folder, and its private key where nobody else can read it", async () => {
    const data = join(folder, "data");
    const first = await start({ instance, data });
    const [ca, certificate] = [caOf(first), await certificateOf(first)];
    expect(first.caCertificate).toBe(join(data, `PrivateKmsCA_${instance}.pem`));
    expect(ca).not.toContain("PRIVATE");
    const withKey = fs
      .readdirSync(data)
      .filter((name) => fs.statSync(join(data, name)).isFile())
      .filter((name) => fs.readFileSync(join(data, name), "utf8").includes("PRIVATE"));
    expect(withKey).toEqual([`private-ca-${instance}.json`]);
    expect(fs.statSync(join(data, String(withKey[0]))).mode & 0o777).toBe(0o600);
    await first.close();
    const again = await start({ instance, data });
    expect(caOf(again)).toBe(ca);
    expect((await certificateOf(again)).serialNumber).not.toBe(certificate.serialNumber);
  });

  test.each([
    ["no JSON of the right kind", () => "[]"],
    [
      "another private key",
      (text: string) =>
        text.replace(/"key": ".*"/, `"key": ${JSON.stringify(selfSignedCertificate("127.0.0.1", 1).key)}`),
    ],
    ["an expired CA", () => JSON.stringify(selfSignedCertificate("127.0.0.1", -1))],
  ])("does not start with %s", async (_, damage) => {
    const data = join(folder, "data");
    await (await start({ instance, data })).close();
    const file = join(data, `private-ca-${instance}.json`);
    fs.writeFileSync(file, damage(fs.readFileSync(file, "utf8")));
    await expect(start({ instance, data })).rejects.toThrow(
      `the record private-ca-${instance} is damaged or has expired`,
    );
    fs.rmSync(file);
    await start({ instance, data });
  });

  test("without a data folder has its CA's certificate in a folder that goes away with it", async () => {
    const emulator = await start({ instance });
    const path = String(emulator.caCertificate);
    expect(fs.existsSync(path)).toBe(true);
    await emulator.close();
    expect(fs.existsSync(resolve(path, ".."))).toBe(false);
  });

  test("takes a given certificate instead, and then needs no openssl and makes no CA", async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      expect(await start({ instance, tls: selfSignedCertificate("127.0.0.1", 30) })).not.toHaveProperty(
        "caCertificate",
      );
      await expect(start({ instance })).rejects.toThrow(
        "--instance: the openssl command is needed and was not found; or give --tls-cert and --tls-key",
      );
    } finally {
      process.env.PATH = path;
    }
  });

  test.each(["kst-", "kst-A", "kst-a\nb", "key-abc", `kst-${"a".repeat(41)}`])(
    "refuses %p as an instance",
    async (id) => {
      await expect(start({ instance: id })).rejects.toThrow("--instance: must be kst- and 1 to 40 of a-z and 0-9");
    },
  );
});

/** The certificate that the gateway shows. */
function certificateOf(emulator: Emulator): Promise<X509Certificate> {
  return new Promise((done, failed) => {
    const request = https.get(emulator.endpoint, { ca: caOf(emulator), agent: false }, (response) => {
      const { raw } = (response.socket as unknown as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate();
      response.resume().once("end", () => done(new X509Certificate(raw)));
    });
    request.once("error", failed);
  });
}
