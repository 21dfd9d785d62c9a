import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startEmulatorProcess, type EmulatorProcess } from "./emulatorProcess";
import { createTestStack, type TestStack } from "./testStack";

const REPOSITORY = resolve(__dirname, "../..");

describe("a program in a project of its own", () => {
  const project = mkdtempSync(join(tmpdir(), "project-"));
  let emulator: EmulatorProcess;
  let test: TestStack;

  const npm = (...args: string[]) =>
    execFileSync("npm", [...args, "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: project,
      encoding: "utf8",
    });

  beforeAll(async () => {
    writeFileSync(join(project, "package.json"), '{ "name": "project" }');
    npm("install", "@pulumi/pulumi@3.239.0", REPOSITORY);
    emulator = await startEmulatorProcess({ keys: [{ aliases: ["alias/orders"] }] });
    test = await createTestStack({
      env: {
        ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      },
      nodeModules: join(project, "node_modules"),
    });
    await test.configure({
      "alicloud:region": "cn-hangzhou",
      "alicloud-kms:endpoint": emulator.endpoint,
      "test:dataKey": { keyId: "alias/orders" },
    });
  }, 300_000);

  afterAll(async () => {
    await emulator.stop();
    test.dispose();
    rmSync(project, { recursive: true });
  });

  it("makes a data key with the linked package", async () => {
    expect(resolve(project, "node_modules", readlinkSync(join(project, "node_modules/pulumi-alicloud-kms")))).toBe(
      REPOSITORY,
    );
    expect((await test.stack.up()).summary.resourceChanges).toEqual({ create: 2 });
  });

  it("finds nothing to change when the packed tarball takes the link's place", async () => {
    const before = { state: test.outputsOf("DataKey"), calls: emulator.calls().length };
    npm("pack", REPOSITORY, "--pack-destination", project);
    npm("uninstall", "pulumi-alicloud-kms");
    npm("install", ...readdirSync(project).filter((file) => file.endsWith(".tgz")));

    expect(() => readlinkSync(join(project, "node_modules/pulumi-alicloud-kms"))).toThrow(/EINVAL/); // no link any more
    expect((await test.stack.up()).summary.resourceChanges).toEqual({ same: 2 });
    expect(test.outputsOf("DataKey")).toEqual(before.state);
    expect(emulator.calls()).toHaveLength(before.calls);
  }, 300_000);

  it("rotates, refreshes and destroys with the tarball what the linked package made", async () => {
    const before = test.outputsOf("DataKey");
    await test.configure({ "test:dataKey": { keyId: "alias/orders", rotationTriggers: { year: "2" } } });
    expect((await test.stack.up()).summary.resourceChanges).toEqual({ same: 1, update: 1 });
    const { previousVersions } = test.outputsOf("DataKey") as { previousVersions: { ciphertextBlob: string }[] };
    expect(previousVersions[0]?.ciphertextBlob).toBe(before.ciphertextBlob);
    await test.stack.refresh({ expectNoChanges: true });
    expect((await test.stack.destroy()).summary.resourceChanges).toEqual({ delete: 2 });
  });

  it("stores a provider text of at most 256 bytes, without credentials or paths", async () => {
    await test.stack.up();
    const { __provider: text } = test.outputsOf("DataKey") as { __provider: string };
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256);
    expect(text).toContain('"pulumi-alicloud-kms/dynamic"');
    for (const secret of [project, REPOSITORY, tmpdir(), emulator.accessKeyId, emulator.accessKeySecret]) {
      expect(text).not.toContain(secret);
    }
  });
});
