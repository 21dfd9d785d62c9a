/**
 * The text by which Pulumi's dynamic provider finds a resource's verbs. It is stored in every state, so it is written
 * by hand: small, the same however this package is installed, and without anything of the program or the machine.
 */

/** What the text names: an export of `pulumi-alicloud-kms/dynamic`. */
export type HandlerName = "dataKey" | "exportedDataKey";

/**
 * `require` finds the package from the program's folder; under pnpm, where it may be the dependency of a dependency
 * only, from Pulumi's own. Old states hold this text: a changed one must find the same exports.
 */
export function handlerText(name: HandlerName): string {
  return (
    `exports.handler=()=>{let p="pulumi-alicloud-kms/dynamic",m;try{m=require(p)}catch(e){` +
    `if(e.code!="MODULE_NOT_FOUND"||!e.message.includes("'"+p+"'"))throw e;m=require.main.require(p)}return m.${name}}`
  );
}
