import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const tools = path.resolve(__dirname, "../../tools");
const hosts = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
const programs = ["pulumi", ...hosts];
const utilities =
  "bash sh cat chmod cksum cp dirname env flock grep ln mkdir mv readlink rm sed sleep timeout touch".split(" ");

let root: string;
let store: string;
let bin: string;
/** Stands for a machine that has nothing but the basic utilities; each test adds to it. */
let machine: string;

const script = (body: string): string => `#!/bin/sh\n${body}\n`;

function put(folder: string, name: string, body: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), script(body), { mode: 0o755 });
}

/** A user's install of Pulumi, as far as the script looks at it. */
function putPulumi(folder: string, version: string, names: readonly string[] = programs): void {
  for (const name of names) put(folder, name, name === "pulumi" ? `echo v${version}` : ":");
}

/** A Go that "builds" executables which print the version that they were to be stamped with, and logs each build. */
function putGo(build = ""): void {
  const sdk = path.join(root, "sdk");
  put(path.join(sdk, "nodejs", "dist"), "pulumi-resource-pulumi-nodejs", ": from the module");
  fs.chmodSync(path.join(sdk, "nodejs", "dist", "pulumi-resource-pulumi-nodejs"), 0o444);
  put(
    machine,
    "go",
    `
case $1 in
  list) echo "${sdk}"; exit ;;
  version) echo "go version go0 test"; exit ;;
esac
echo "$@" >>"${root}/builds"
while [ "$1" != -ldflags ]; do shift; done
flags=$2
while [ "$1" != -o ]; do shift; done
out=$2$(echo "$3" | sed 's|.*/||')
${build}
printf '#!/bin/sh\\necho %s\\n' "$(echo "$flags" | sed 's|.*Version=||')" >"$out"
chmod 755 "$out"`,
  );
}

const builds = (): number => {
  const log = path.join(root, "builds");
  return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n").length : 0;
};

function pinnedVersion(): string {
  const pin = /^require github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)$/m.exec(
    fs.readFileSync(path.join(root, "tools", "pulumi", "go.mod"), "utf8"),
  );
  return pin?.[1] ?? "no version pinned";
}

function start(...front: string[]) {
  const child = spawn(path.join(root, "tools", "install.sh"), [], {
    cwd: os.tmpdir(),
    env: { HOME: root, PATH: [...front, machine].join(path.delimiter) },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

const install = (...front: string[]) => start(...front).ended;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function linkFromPath(name: string): void {
  const found = (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
  if (found !== undefined) fs.symlinkSync(found, path.join(machine, name));
}

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tool chain ")));
  store = path.join(root, ".tools");
  bin = path.join(store, "bin");
  machine = path.join(root, "machine");
  fs.cpSync(tools, path.join(root, "tools"), { recursive: true });
  fs.mkdirSync(machine);
  utilities.forEach(linkFromPath);
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

describe("a CLI on PATH", () => {
  it("is taken when its hosts are beside it", async () => {
    const opt = path.join(root, "opt");
    putPulumi(opt, "3.300.1");
    expect(await install(opt)).toEqual({ code: 0, out: "pulumi 3.300.1: taken from PATH\n", err: "" });
    for (const name of programs) expect(fs.realpathSync(path.join(bin, name))).toBe(path.join(opt, name));
  });

  it("is taken when its hosts are beside the file that a link on PATH points to", async () => {
    const opt = path.join(root, "opt");
    const links = path.join(root, "links");
    putPulumi(opt, "3.300.1");
    fs.mkdirSync(links);
    fs.symlinkSync(path.join(opt, "pulumi"), path.join(links, "pulumi"));
    expect((await install(links)).out).toBe("pulumi 3.300.1: taken from PATH\n");
  });

  it("is taken when its hosts are elsewhere on PATH", async () => {
    putPulumi(path.join(root, "cli"), "3.300.1", ["pulumi"]);
    putPulumi(path.join(root, "hosts"), "", hosts);
    const result = await install(path.join(root, "cli"), path.join(root, "hosts"));
    expect(result.out).toBe("pulumi 3.300.1: taken from PATH\n");
    expect(fs.realpathSync(path.join(bin, "pulumi-language-nodejs"))).toBe(
      path.join(root, "hosts", "pulumi-language-nodejs"),
    );
  });

  it("is refused without its hosts, and the line says which one is missing", async () => {
    putPulumi(path.join(root, "cli"), "3.300.1", ["pulumi", "pulumi-language-nodejs"]);
    putGo();
    const result = await install(path.join(root, "cli"));
    expect(result.code).toBe(0);
    expect(result.out).toContain("(the one on PATH has no pulumi-resource-pulumi-nodejs beside it or on PATH; ");
    expect(fs.lstatSync(path.join(bin, "pulumi")).isSymbolicLink()).toBe(false);
  });

  it("is refused when it does not run", async () => {
    const opt = path.join(root, "opt");
    putPulumi(opt, "3.300.1");
    put(opt, "pulumi", "echo broken >&2; exit 1");
    putGo();
    const result = await install(opt);
    expect(result.out).toContain("(the one on PATH does not run; ");
    expect(result.err).not.toContain("broken");
  });

  it("is not what stands in .tools/bin", async () => {
    putPulumi(bin, "3.1.0");
    putGo();
    expect((await install(bin)).out).toContain("(none on PATH; ");
  });

  it("is looked for again when what was taken is gone", async () => {
    const [before, after] = [path.join(root, "before"), path.join(root, "after")];
    putPulumi(before, "3.300.1");
    await install(before);
    fs.rmSync(before, { recursive: true });
    putPulumi(after, "3.300.2");
    expect((await install(after)).out).toBe("pulumi 3.300.2: taken from PATH\n");
  });
});

describe("the npm package", () => {
  const released = (): string => path.join(root, ".pulumi", "versions", pinnedVersion(), "bin");

  /** An npm whose package `pulumi` has the shape of the real one, and the given reach. */
  function putNpm(installCLI: string): void {
    const cache = `exports.cacheDir = (version) => process.env.HOME + "/.pulumi/versions/" + version;`;
    const runs = `const { installCLI } = require("./lib/download"), { cacheDir } = require("./lib/cache");
const version = process.env.PULUMI_VERSION, root = cacheDir(version);
installCLI(version, root).catch(() => process.exit(1));`;
    const download = `const { execFileSync } = require("child_process");
exports.installCLI = async (version, root, { execScript = (root) => execFileSync("${root}/release", [root, version]) } = {}) => { ${installCLI} };`;
    put(
      machine,
      "npm",
      `
echo "$@" >"${root}/npm-arguments"
while [ "$1" != --prefix ]; do shift; done
lib=$2/node_modules/pulumi/lib; mkdir -p "$lib"
cat >"$lib/cache.js" <<'END'\n${cache}\nEND
cat >"$lib/download.js" <<'END'\n${download}\nEND
cat >"$lib/../run.js" <<'END'\n${runs}\nEND`,
    );
    put(
      root,
      "release",
      `mkdir -p "$1/bin"; cd "$1/bin"
for p in ${programs.join(" ")}; do printf '#!/bin/sh\\necho v%s\\n' "$2" >$p; chmod 755 $p; done`,
    );
    fs.symlinkSync(process.execPath, path.join(machine, "node"));
  }

  it("is taken, at the version pinned for Go, when it can download its release", async () => {
    putNpm("execScript(root);");
    const result = await install();
    expect(result.out).toBe(`pulumi ${pinnedVersion()}: downloaded by the npm package pulumi (none on PATH)\n`);
    expect(fs.readFileSync(path.join(root, "npm-arguments"), "utf8")).toContain(` pulumi@${pinnedVersion()}\n`);
    for (const name of programs) expect(fs.realpathSync(path.join(bin, name))).toBe(path.join(released(), name));
  });

  it("is passed over in one line, without its noise, when it cannot", async () => {
    putNpm(`console.error("noise"); throw new Error("fetch failed");`);
    putGo();
    const result = await install();
    expect(result.out).toMatch(/\(none on PATH; the npm package could not reach its release\)\n$/);
    expect(result.err).not.toContain("noise");
  });
});

describe("the build with Go", () => {
  it("stamps the version that go.mod pins, takes the plugin from the module, and says why it was needed", async () => {
    putGo();
    const result = await install();
    expect(result.code).toBe(0);
    expect(result.out).toBe(
      `pulumi ${pinnedVersion()}: built from the Go modules pinned in tools/ (none on PATH; no npm for the npm package)\n`,
    );
    const plugin = path.join(bin, "pulumi-resource-pulumi-nodejs");
    expect(fs.readFileSync(plugin, "utf8")).toBe(script(": from the module"));
    expect(() => fs.accessSync(plugin, fs.constants.X_OK)).not.toThrow();
    expect(fs.readdirSync(store).sort()).toEqual(["bin", "lock"]);
  });

  it("is not possible without Go, and the message says what to install", async () => {
    const result = await install();
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toMatch(
      /^tools\/install\.sh: no Pulumi CLI \(none on PATH; .+\), and no Go to build one: install the Pulumi CLI with its Node host, or Go \d+\.\d+\S* or newer .+\n$/,
    );
    expect(fs.existsSync(bin)).toBe(false);
  });

  it("passes on Go's own message when it fails, adds one line, and leaves nothing half-made", async () => {
    putGo(`case $3 in */pulumi) echo "go: downloading x v1" >&2; echo "go: no such host" >&2; exit 1 ;; esac`);
    const result = await install();
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err.split("\n").slice(1)).toEqual([
      "go: no such host",
      expect.stringMatching(
        /^tools\/install\.sh: the build needs Go \d\S+ or newer \(here: go version go0 test\) and /,
      ),
      "",
    ]);
    expect(fs.readdirSync(store)).toEqual(["lock"]);
  });

  it("leaves nothing half-made, and no process, when it is interrupted", async () => {
    putGo(`touch "${root}/building"; exec sleep 60`);
    const run = start();
    await until(() => fs.existsSync(path.join(root, "building")));
    run.child.kill("SIGTERM");
    expect((await run.ended).code).toBe(130); // its pipes are closed too, so the builder is gone
    expect(fs.readdirSync(store)).toEqual(["lock"]);
  });

  it("is not done again by a second run, which says nothing", async () => {
    putGo();
    await install();
    const before = builds();
    expect(await install()).toEqual({ code: 0, out: "", err: "" });
    expect(builds()).toBe(before);
  });

  it("is done again when a pin changes or a program is gone", async () => {
    putGo();
    await install();
    fs.appendFileSync(path.join(root, "tools", "language-nodejs", "go.sum"), "\n");
    expect((await install()).out).toContain("built");
    fs.rmSync(path.join(bin, "pulumi-language-nodejs"));
    expect((await install()).out).toContain("built");
  });

  it("is done once by two runs at the same time", async () => {
    if (!fs.existsSync(path.join(machine, "flock"))) return; // without it, runs are not kept apart
    putGo("sleep 0.2");
    const results = await Promise.all([install(), install()]);
    expect(results.map((result) => result.code)).toEqual([0, 0]);
    expect(results.filter((result) => result.out !== "")).toHaveLength(1);
    expect(builds()).toBe(2);
  });
});
