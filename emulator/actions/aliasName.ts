/** The AliasName parameter. */
import { errors } from "../errors";
import { aliasFormText, isAlias } from "../keys/alias";
import type { Parameters } from "../parameters";

/** The name, if it has the form of an alias that users can make. */
export function requiredAlias(parameters: Parameters): string {
  const alias = parameters.required("AliasName");
  if (!isAlias(alias)) throw errors.invalidParameter("AliasName", `must be ${aliasFormText}`);
  return alias;
}
