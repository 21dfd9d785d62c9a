/**
 * The base of the resource classes: to the engine the same as `pulumi.dynamic.Resource`, without its closure
 * serialiser, which would copy code, and whatever it captures, into every state.
 */
import * as pulumi from "@pulumi/pulumi";
import { secretOutputs, type ResourceSpec } from "../fields";
import { handlerText, type HandlerName } from "./handlerText";

/** A value that a program may give now or later, and so may every value inside it. */
export type InputOf<T> = pulumi.Input<T extends object ? { [K in keyof T]: InputOf<T[K]> } : T>;

/** Properties as a program gives them. */
export type ArgsOf<T> = { [K in keyof T]: InputOf<T[K]> };

/** Properties as a program reads them. */
export type OutputsOf<T> = { readonly [K in keyof T]-?: pulumi.Output<T[K]> };

/** Makes the base class of a resource, for its args and outputs. */
export function dynamicResource<Args extends object, State>(spec: ResourceSpec, handler: HandlerName) {
  class DynamicResource extends pulumi.CustomResource {
    constructor(name: string, args: Args, opts: pulumi.CustomResourceOptions = {}) {
      const properties: pulumi.Inputs = { ...args, __provider: handlerText(handler) };
      for (const [field, { secret }] of Object.entries(spec.inputs)) {
        if (secret === true && properties[field] !== undefined) properties[field] = pulumi.secret(properties[field]);
      }
      // The engine fills in what is named here: outputs, and inputs that check gives a default.
      for (const field of Object.keys({ ...spec.inputs, ...spec.outputs })) properties[field] ??= undefined;
      super(`pulumi-nodejs:dynamic/alicloud-kms:${spec.type}`, name, properties, {
        ...opts,
        additionalSecretOutputs: [...secretOutputs(spec), ...(opts.additionalSecretOutputs ?? [])],
      });
    }
  }
  return DynamicResource as unknown as new (
    name: string,
    args: ArgsOf<Args>,
    opts?: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource & OutputsOf<State>;
}
