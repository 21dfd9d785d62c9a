/** Descriptions, which several actions take. */
import { errors } from "../errors";
import type { Parameters } from "../parameters";

const mostCharacters = 8192;

/** What is wrong with a description, or nothing. */
export const descriptionFault = (description: string): string | undefined =>
  description.length > mostCharacters ? `longer than ${mostCharacters} characters` : undefined;

/** The description; an empty one where there is none. */
export function optionalDescription(parameters: Parameters, name: string): string {
  const description = parameters.optional(name) ?? "";
  const fault = descriptionFault(description);
  if (fault !== undefined) throw errors.invalidParameter(name, fault);
  return description;
}
