import type * as dynamic from "@pulumi/pulumi/dynamic";
import { dynamicProvider } from "../../../provider/dynamic/dynamicProvider";
import { UNKNOWN, type CheckRequest, type Host, type Resource } from "../../../provider/lifecycle";

interface Args {
  size?: number | undefined;
}
interface State extends Args {
  made: string;
  gone?: undefined;
}

/** A resource that notes what it is asked. */
function recordingResource() {
  const asked: [verb: string, request: unknown][] = [];
  let lastHost: Host | undefined;
  const note = (verb: string, host: Host | undefined, request: unknown) => {
    asked.push([verb, request]);
    lastHost = host;
  };
  const resource: Resource<Args, State> = {
    check(host, request: CheckRequest) {
      note("check", host, request);
      const failures = request.inputs.size === 0 ? [{ property: "size", reason: "is zero" }] : [];
      return { inputs: { ...request.inputs, filled: undefined, region: "r" }, failures };
    },
    diff(request) {
      note("diff", undefined, request);
      return { changes: request.state.size === request.inputs.size ? {} : { size: "rotates" } };
    },
    create(host, request) {
      note("create", host, request);
      return Promise.resolve({ id: "id-1", state: { ...request.args, made: "now", gone: undefined } });
    },
    update(host, request) {
      note("update", host, request);
      return Promise.resolve({ ...request.args, made: request.state.made, gone: undefined });
    },
    read(host, request) {
      note("read", host, request);
      return Promise.resolve({ ...request.state, gone: undefined });
    },
    delete(host, request) {
      note("delete", host, request);
      return Promise.resolve();
    },
  };
  return { resource, asked, host: () => lastHost };
}

type Provider = dynamic.ResourceProvider;
const VERBS = ["check", "create", "delete", "diff", "read", "update"];

/** Configures a provider as Pulumi does. */
function configured(resource: Resource<Args, State>, config: Record<string, string> = {}): Provider {
  const provider = dynamicProvider(resource) as Provider;
  void provider.configure?.({ config: { get: (name: string) => config[name] } as dynamic.Config });
  return provider;
}

test("has no verb but configure before Pulumi has handed over the configuration", () => {
  expect(Object.keys(dynamicProvider(recordingResource().resource))).toEqual(["configure"]);
});

test("has all verbs as soon as configure has been called, without waiting for it", () => {
  const provider = configured(recordingResource().resource);
  expect(Object.keys(provider).sort()).toEqual([...VERBS, "configure"].sort());
});

test("takes Pulumi's own property off everything that a resource sees", async () => {
  const { resource, asked } = recordingResource();
  const provider = configured(resource);
  const own = { size: 1, __provider: "text" };
  await provider.check?.(own, own);
  await provider.diff?.("id", own, own);
  await provider.create(own);
  await provider.read?.("id", own);
  await provider.update?.("id", own, own);
  await provider.delete?.("id", own);
  expect(asked.map(([verb]) => verb)).toEqual(["check", "diff", "create", "read", "update", "delete"]);
  expect(JSON.stringify(asked)).not.toContain("__provider");
  expect(asked).toEqual([
    ["check", { oldInputs: { size: 1 }, inputs: { size: 1 } }],
    ["diff", { state: { size: 1 }, inputs: { size: 1 } }],
    ["create", { args: { size: 1 } }],
    ["read", { state: { size: 1 } }],
    ["update", { state: { size: 1 }, args: { size: 1 } }],
    ["delete", { state: { size: 1 } }],
  ]);
});

test("leaves what it is given as it is", async () => {
  const provider = configured(recordingResource().resource);
  const inputs = Object.freeze({ size: 1, __provider: "text" });
  await provider.check?.(inputs, inputs);
  await provider.create(inputs);
  expect(inputs).toEqual({ size: 1, __provider: "text" });
});

test.each([{}, { __provider: "text" }])("checks a new resource without old inputs: %j", async (olds) => {
  const { resource, asked } = recordingResource();
  await configured(resource).check?.(olds, { size: 1 });
  expect(asked).toEqual([["check", { inputs: { size: 1 } }]]);
});

test("answers with plain JSON, without undefined", async () => {
  const provider = configured(recordingResource().resource);
  const answers = [
    await provider.check?.({}, { size: 1, region: undefined }),
    await provider.create({ size: 1 }),
    await provider.read?.("id-1", { size: 1, made: "then" }),
    await provider.update?.("id-1", { size: 1, made: "then" }, { size: 2 }),
  ];
  expect(answers).toStrictEqual([
    { inputs: { size: 1, region: "r" }, failures: [] },
    { id: "id-1", outs: { size: 1, made: "now" } },
    { id: "id-1", props: { size: 1, made: "then" } },
    { outs: { size: 2, made: "then" } },
  ]);
});

test("passes Pulumi's mark of an unknown value on untouched", async () => {
  const { resource, asked } = recordingResource();
  await configured(resource).check?.({}, { size: UNKNOWN, deep: { a: UNKNOWN } });
  expect(asked).toEqual([["check", { inputs: { size: UNKNOWN, deep: { a: UNKNOWN } } }]]);
});

test("tells faults with the property's name in the text alone: the engine prints the value of a named one", async () => {
  await expect(configured(recordingResource().resource).check?.({}, { size: 0 })).resolves.toMatchObject({
    failures: [{ property: "", reason: "size is zero" }],
  });
});

test("tells a change and no change, and never replaces", async () => {
  const provider = configured(recordingResource().resource);
  await expect(provider.diff?.("id", { size: 1 }, { size: 1 })).resolves.toEqual({ changes: false, replaces: [] });
  await expect(provider.diff?.("id", { size: 1 }, { size: 2 })).resolves.toEqual({ changes: true, replaces: [] });
});

test("passes a resource's error on as it is", async () => {
  const { resource } = recordingResource();
  const error = new Error("refused");
  const provider = configured({ ...resource, create: () => Promise.reject(error) });
  await expect(provider.create({})).rejects.toBe(error);
});

describe("the host of a resource", () => {
  const NAME = "TEST_OF_DYNAMIC_PROVIDER";
  afterEach(() => {
    Reflect.deleteProperty(process.env, NAME);
    jest.restoreAllMocks();
  });

  async function hostWith(config: Record<string, string> = {}): Promise<Host> {
    const { resource, host } = recordingResource();
    await configured(resource, config).create({});
    const found = host();
    if (found === undefined) throw new Error("the resource saw no host");
    return found;
  }

  test("reads the stack's configuration, in which empty is absent", async () => {
    const { settings } = await hostWith({ "alicloud:region": "r", "alicloud:accessKey": "" });
    expect(["alicloud:region", "alicloud:accessKey", "alicloud:none"].map(settings.config.bind(settings))).toEqual([
      "r",
      undefined,
      undefined,
    ]);
  });

  test("reads the environment when it is asked, in which empty is absent", async () => {
    const { settings } = await hostWith();
    process.env[NAME] = "later";
    expect(settings.env(NAME)).toBe("later");
    process.env[NAME] = "";
    expect(settings.env(NAME)).toBeUndefined();
  });

  test("warns on standard error, and each thing once", async () => {
    const written = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const host = await hostWith();
    host.warn("one");
    host.warn("two");
    host.warn("one");
    expect(written.mock.calls).toEqual([["warning: one"], ["warning: two"]]);
  });
});

test("two providers share nothing", async () => {
  const one = recordingResource();
  const other = recordingResource();
  await configured(one.resource).create({ size: 1 });
  await configured(other.resource).create({ size: 2 });
  expect(one.asked).toEqual([["create", { args: { size: 1 } }]]);
  expect(other.asked).toEqual([["create", { args: { size: 2 } }]]);
});
