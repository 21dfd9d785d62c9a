/** Descriptions, which several actions take. */
import { errors } from "../errors";
import type { Parameters } from "../parameters";

const mostCharacters = 8192;

/** The description; an empty one where there is none. */
export function optionalDescription(parameters: Parameters, name: string): string {
  const description = parameters.optional(name) ?? "";
  if (description.length > mostCharacters)
    throw errors.invalidParameter(name, `longer than ${mostCharacters} characters`);
  return description;
}
