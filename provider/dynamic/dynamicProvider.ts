/** Translates the verbs of a resource into those of Pulumi's dynamic providers. It holds no rule of its own. */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import type { CheckFailure, Host, Inputs, Resource, Settings } from "../lifecycle";

/** Pulumi's own property, which the engine adds to a dynamic resource's inputs and outputs. */
const PROVIDER_KEY = "__provider";

/** Just as much as Pulumi sees before it has handed over the configuration. */
export type UnconfiguredProvider = Pick<dynamic.ResourceProvider, "configure">;

/** Makes what a `__provider` text evaluates to. Its verbs appear when Pulumi hands over the stack's configuration. */
export function dynamicProvider<Args extends object, State extends object>(
  resource: Resource<Args, State>,
): UnconfiguredProvider {
  return {
    // Synchronous to its end: Pulumi lets a second call in before an asynchronous one has installed the verbs.
    configure(this: object, { config }: dynamic.ConfigureRequest) {
      Object.assign(this, verbs(resource, hostOf(config)));
      return Promise.resolve();
    },
  };
}

function hostOf(config: dynamic.Config): Host {
  const settings: Settings = {
    config: (name) => nonEmpty(config.get(name)),
    env: (name) => nonEmpty(process.env[name]),
  };
  const said = new Set<string>();
  return {
    settings,
    // Pulumi shows what a provider writes on its standard error, and gives dynamic providers no other way to speak.
    // Each thing is said once, however many resources it is true of.
    warn(message) {
      if (!said.has(message)) console.error(`warning: ${message}`);
      said.add(message);
    },
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function verbs<Args extends object, State extends object>(
  resource: Resource<Args, State>,
  host: Host,
): dynamic.ResourceProvider {
  return {
    check(olds: Inputs, news: Inputs) {
      const before = own(olds);
      const oldInputs = Object.keys(before).length === 0 ? {} : { oldInputs: before };
      const { inputs, failures } = resource.check(host, { ...oldInputs, inputs: own(news) });
      return Promise.resolve({ inputs: plain(inputs), failures: failures.map(withoutValue) });
    },
    diff(_id, olds: Inputs, news: Inputs) {
      const { changes, warning } = resource.diff({ state: own(olds) as State, inputs: own(news) });
      if (warning !== undefined) host.warn(warning);
      return Promise.resolve({ changes: Object.keys(changes).length > 0, replaces: [] });
    },
    async create(inputs: Inputs) {
      const { id, state } = await resource.create(host, { args: own(inputs) as Args });
      return { id, outs: plain(state) };
    },
    async read(id, props: Inputs) {
      return { id, props: plain(await resource.read(host, { state: own(props) as State })) };
    },
    async update(_id, olds: Inputs, news: Inputs) {
      const state = await resource.update(host, { state: own(olds) as State, args: own(news) as Args });
      return { outs: plain(state) };
    },
    async delete(_id, props: Inputs) {
      await resource.delete(host, { state: own(props) as State });
    },
  };
}

/** For a failure that names a property, the engine prints the property's value: a private key given by mistake, too. */
function withoutValue({ property, reason }: CheckFailure): dynamic.CheckFailure {
  return { property: "", reason: `${property} ${reason}` };
}

/** A resource's own properties, without Pulumi's. */
function own(properties: Inputs): Inputs {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== PROVIDER_KEY));
}

/** Pulumi takes JSON, which has no `undefined`. */
function plain(properties: object): Inputs {
  return JSON.parse(JSON.stringify(properties)) as Inputs;
}
