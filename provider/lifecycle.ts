/**
 * The contract of a resource: what each verb is asked and what it answers.
 * The hosts (dynamic resources, the plugin) translate Pulumi's calls into it; the resources know nothing else of them.
 */

/**
 * Stands for a value that Pulumi learns only when the change is made. It is the marker of the Pulumi engine itself
 * (`UnknownStringValue` in pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go), so that hosts pass it on untouched.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties as they come from a program, before any check. */
export type Inputs = Record<string, unknown>;

/** One fault of one input. `reason` names the fault and what is allowed, and never repeats a string that was given. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** The stack's configuration and the process's environment, by name; what is empty counts as absent. */
export interface Settings {
  /** A configuration value by its full name, such as `alicloud:region`; secrets are opened. */
  config(name: string): string | undefined;
  /** An environment variable. */
  env(name: string): string | undefined;
}

/** What a host lends to a verb besides the resource's own data. */
export interface Host {
  settings: Settings;
  /** Tells the user something that is not an error. Must hold no secret. */
  warn(message: string): void;
  /** Ends the calls under way when the user cancels. Absent where the host is never told. */
  signal?: AbortSignal;
}

export interface CheckRequest {
  /** The inputs of the last `up`, as check returned them; absent when the resource is new. */
  oldInputs?: Inputs;
  inputs: Inputs;
}

export interface CheckResult {
  /** The inputs with defaults filled in; only meaningful without failures. */
  inputs: Inputs;
  /** Every fault at once. */
  failures: CheckFailure[];
}

/** What a change of an input does: new key material, a new export, or only a new state. */
export type Effect = "rotates" | "reexports" | "updates";

export interface DiffResult {
  /** Each changed input with what its change does; empty when nothing changed. Nothing ever replaces. */
  changes: Record<string, Effect>;
  /** What the user should know before the change is made. */
  warning?: string;
}

export interface CreateResult<State> {
  id: string;
  state: State;
}

/**
 * A resource. Check and diff work offline and never throw; create, update and read throw only the errors of `errors.ts`,
 * and then nothing was made, changed or lost.
 */
export interface Resource<Args, State> {
  check(host: Host, request: CheckRequest): CheckResult;
  diff(request: { state: State; inputs: Inputs }): DiffResult;
  create(host: Host, request: { args: Args }): Promise<CreateResult<State>>;
  update(host: Host, request: { state: State; args: Args }): Promise<State>;
  read(host: Host, request: { state: State }): Promise<State>;
  delete(host: Host, request: { state: State }): Promise<void>;
}
