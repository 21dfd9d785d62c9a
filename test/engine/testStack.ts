/** A stack of a small program on the real engine, in a folder, a home and a file backend of its own. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { LocalWorkspace, type ConfigMap, type Deployment, type Stack } from "@pulumi/pulumi/automation";

const REPOSITORY = resolve(__dirname, "../..");
process.env.PATH = [join(REPOSITORY, ".tools/bin"), process.env.PATH].join(delimiter);

/**
 * The program of most engine tests: a data key, and its export where the configuration has one. Whatever a test changes
 * between two `up`s is configuration.
 */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { DataKey, ExportedDataKey } = require("pulumi-alicloud-kms");
const config = new pulumi.Config();
const key = config.getObject("dataKey") && new DataKey("key", config.getObject("dataKey"));
if (config.getObject("export")) new ExportedDataKey("export", {
  ...(key && { ciphertextBlob: key.ciphertextBlob, encryptionContext: key.encryptionContext }),
  ...config.getObject("export"),
});
module.exports = { ciphertextBlob: key && key.ciphertextBlob };
`;

export interface TestStack {
  stack: Stack;
  folder: string;
  /** Sets configuration; objects go in as JSON. */
  configure(values: Record<string, unknown>): Promise<void>;
  /** Everything that the file backend holds, as one text. */
  backendText(): string;
  /** A resource's outputs as the state has them, secrets opened. */
  outputsOf(type: "DataKey" | "ExportedDataKey"): Record<string, unknown>;
  dispose(): void;
}

export interface TestStackOptions {
  env: Record<string, string>;
  /** Where `require` finds packages; the repository's own by default. */
  nodeModules?: string;
}

export async function createTestStack({ env, nodeModules }: TestStackOptions): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "stack-"));
  const backend = join(folder, "state");
  mkdirSync(backend);
  writeFileSync(join(folder, "index.js"), PROGRAM);
  writeFileSync(join(folder, "package.json"), '{ "name": "test" }');
  symlinkSync(nodeModules ?? join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", workDir: folder },
    {
      pulumiHome: join(folder, "home"),
      envVars: {
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...env,
      },
      projectSettings: { name: "test", runtime: { name: "nodejs", options: { typescript: false } } },
    },
  );

  return {
    stack,
    folder,
    async configure(values) {
      const config: ConfigMap = {};
      for (const [name, value] of Object.entries(values)) {
        config[name] = { value: typeof value === "string" ? value : JSON.stringify(value) };
      }
      await stack.setAllConfig(config);
    },
    backendText: () => filesBelow(backend).join("\n"),
    outputsOf(type) {
      const deployment = exportWithSecrets(stack);
      const found = deployment.resources.find((resource) => resource.type.endsWith(`:${type}`));
      if (found === undefined) throw new Error(`the state has no ${type}`);
      return opened(found.outputs) as Record<string, unknown>;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface State {
  resources: { type: string; outputs: unknown }[];
}

function exportWithSecrets(stack: Stack): State {
  const { workDir, envVars, pulumiHome } = stack.workspace;
  const text = execFileSync("pulumi", ["stack", "export", "--show-secrets", "--stack", stack.name], {
    cwd: workDir,
    encoding: "utf8",
    env: { ...process.env, ...envVars, ...(pulumiHome === undefined ? {} : { PULUMI_HOME: pulumiHome }) },
  });
  return (JSON.parse(text) as Deployment).deployment as State;
}

/** Takes the engine's wrappers off secrets. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value && SECRET_MARK in value) return JSON.parse(value.plaintext as string);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, opened(inner)]));
}

const SECRET_MARK = "4dabf18193072939515e22adb298388d";

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [readFileSync(path, "utf8")];
  });
}
