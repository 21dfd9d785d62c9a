import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const REPOSITORY = resolve(__dirname, "../..");

/** Ends what a killed CLI leaves behind: Pulumi's language host and dynamic provider live on without it. */
function endProcessesIn(folder: string): void {
  for (const pid of existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : []) {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself, or is not ours.
    }
  }
}

describe("the first try: make up, make up again, make down", () => {
  const clone = mkdtempSync(join(tmpdir(), "clone-"));
  // Whatever the environment holds, a first try must not use it.
  const env = {
    ...process.env,
    ALIBABA_CLOUD_ACCESS_KEY_ID: "SomebodysAccount",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: "SomebodysSecret",
    ALIBABA_CLOUD_SECURITY_TOKEN: "SomebodysToken",
    PULUMI_BACKEND_URL: "file:///nowhere",
    PULUMI_STACK: "production",
    PULUMI_CONFIG_PASSPHRASE: "somebody's passphrase",
  };
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: REPOSITORY, encoding: "utf8" });
  let firstScreen: string;

  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: clone, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const inLocalStack = (command: string) => run("bash", "-c", `. .local/env && ${command}`);
  const local = (file: string) => join(clone, ".local", file);
  const actions = () =>
    readFileSync(local("kms.log"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { action: string | null }).action);

  beforeAll(() => {
    for (const file of files
      .trim()
      .split("\n")
      .filter((name) => existsSync(join(REPOSITORY, name)))) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      copyFileSync(join(REPOSITORY, file), join(clone, file));
    }
    for (const made of ["node_modules", "dist", ".tools"]) symlinkSync(join(REPOSITORY, made), join(clone, made));
    firstScreen = run("examples/envelope-key/up.sh");
  });

  afterAll(() => {
    if (existsSync(local("emulator.pid"))) run("bash", "-c", "kill $(cat .local/emulator.pid) || true");
    endProcessesIn(clone);
    rmSync(clone, { recursive: true, force: true });
  });

  it("makes a data key and its export with pulumi up", () => {
    expect(firstScreen).toMatch(/DataKey orders created/);
    expect(firstScreen).toMatch(/ExportedDataKey orders-for-hsm created/);
    expect(firstScreen).toMatch(/\+ 3 created/);
    expect(actions()).toEqual(expect.arrayContaining(["GenerateDataKeyWithoutPlaintext", "ExportDataKey"]));
  });

  it("shows that application and HSM open the same bytes", () => {
    expect(firstScreen).toMatch(/opened again through KMS, without the stack's state: the same bytes/);
    expect(firstScreen).toMatch(/opened by the HSM: the same bytes/);
    expect(readFileSync(local("sealed")).includes(readFileSync(join(clone, "README.md")).subarray(0, 40))).toBe(false);
  });

  it("shows secret outputs as [secret] only, and keeps what is private to its owner", () => {
    const outputs = inLocalStack("pulumi stack output");
    expect(outputs).toMatch(/ciphertextBlob\s+\[secret\]/);
    expect(outputs).toMatch(/exportedDataKey\s+\[secret\]/);
    for (const file of ["passphrase", "env", "emulator.json", "hsm/private.pem"]) {
      expect(statSync(local(file)).mode & 0o077).toBe(0);
    }
  });

  it("keeps ciphertexts and credentials out of the exported stack and of the backend's files", () => {
    const { ciphertextBlob, exportedDataKey } = JSON.parse(
      inLocalStack("pulumi stack output --json --show-secrets"),
    ) as Record<string, string>;
    const { accessKeyId, accessKeySecret } = JSON.parse(readFileSync(local("emulator.json"), "utf8")) as Record<
      string,
      string
    >;
    const kept = inLocalStack("pulumi stack export") + inLocalStack("find .local/state -type f -exec cat {} +");
    expect(kept).toContain("alias/orders");
    for (const secret of [ciphertextBlob, exportedDataKey, accessKeyId, accessKeySecret]) {
      expect(secret?.length).toBeGreaterThan(10);
      expect(kept).not.toContain(secret);
    }
  });

  it("changes nothing and generates nothing when it is run again", () => {
    const before = actions().length;
    expect(run("examples/envelope-key/up.sh")).toMatch(/3 unchanged/);
    expect(actions().slice(before)).not.toContainEqual(expect.stringMatching(/^GenerateDataKey|^ExportDataKey/));
  });

  it("keeps keys and port when the emulator was killed", () => {
    const { endpoint } = JSON.parse(readFileSync(local("emulator.json"), "utf8")) as { endpoint: string };
    run("bash", "-c", "kill -9 $(cat .local/emulator.pid)");
    const screen = run("examples/envelope-key/up.sh");
    expect(screen).toMatch(/3 unchanged/);
    expect(screen).toContain(endpoint);
    expect(screen).toMatch(/opened by the HSM: the same bytes/);
  });

  it("goes on after a pulumi that was killed in the middle of an up", () => {
    const up = spawnSync(
      "bash",
      ["-c", ". .local/env && pulumi config set year 2027 && timeout -s KILL 3 pulumi up --yes"],
      {
        cwd: clone,
        env,
      },
    );
    expect(up.signal).toBe("SIGKILL");
    expect(inLocalStack("find .local/state -path '*/locks/*' -name '*.json'")).not.toBe("");
    expect(run("examples/envelope-key/up.sh")).toMatch(/opened by the HSM: the same bytes/);
  });

  it("seals the file that is named, and says so when there is none", () => {
    expect(() => run("examples/envelope-key/up.sh", "no-such-file")).toThrow(/up: no such file: no-such-file/);
    expect(run("examples/envelope-key/up.sh", "LICENSE")).toMatch(/seals LICENSE under the data key/);
  });

  it("destroys the stack and stops the emulator", async () => {
    const { endpoint } = JSON.parse(readFileSync(local("emulator.json"), "utf8")) as { endpoint: string };
    expect((await fetch(endpoint)).status).toBe(400);
    expect(run("examples/envelope-key/down.sh")).toMatch(/- 3 deleted/);
    await expect(fetch(endpoint)).rejects.toThrow();
    expect(inLocalStack("pulumi stack output")).not.toMatch(/ciphertextBlob/);
  });
});
