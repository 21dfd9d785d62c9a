import "../errorsOfNode";
import { startEmulator, type Emulator } from "../../../emulator/emulator";
import { UnreachableError } from "../../../provider/errors";
import { connectKms } from "../../../provider/kms/connectKms";
import { resolveTarget } from "../../../provider/kms/connection";
import { CANARY, leaks } from "../canary";
import { rejection } from "../rejection";
import { selfSignedCertificate, type Certificate } from "../selfSignedCertificate";
import { testHost } from "../testHost";

const valid = selfSignedCertificate("127.0.0.1", 30);
let emulator: Emulator | undefined;

afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

/** Asks an emulator with this certificate for a key, trusting this CA. */
async function describe(tls: Certificate, caCertificate?: string) {
  emulator = await startEmulator({ tls, seed: { keys: [{ aliases: ["alias/a"] }] } });
  const { settings } = testHost({
    "alicloud:region": emulator.region,
    "alicloud:accessKey": emulator.accessKeyId,
    "alicloud:secretKey": emulator.accessKeySecret,
    "alicloud:securityToken": CANARY,
  });
  const target = resolveTarget({ endpoint: emulator.endpoint, caCertificate }, settings);
  return connectKms(target, settings).describeKey({ keyId: "alias/a" });
}

test("a gateway is trusted through the CA that is given", async () => {
  await expect(describe(valid, valid.cert)).resolves.toHaveProperty("keyState", "Enabled");
});

test.each([
  ["no CA is given", valid, undefined, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["another CA is given", valid, selfSignedCertificate("127.0.0.1", 30).cert, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [
    "its certificate is for another name",
    selfSignedCertificate("127.0.0.9", 30),
    "own",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  ["its certificate has expired", selfSignedCertificate("127.0.0.1", -1), "own", "CERT_HAS_EXPIRED"],
])("a gateway is not trusted where %s", async (_, tls, ca, code) => {
  const error = await rejection(describe(tls, ca === "own" ? tls.cert : ca));
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error.message).toContain(`DescribeKey got no answer: ${code} (no HTTP status). The gateway's `);
  expect(leaks(error, CANARY)).toEqual([]);
});
