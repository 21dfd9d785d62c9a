/** A page of aliases, as the two lists of them answer it. */
import type { Call } from "../call";
import { arn } from "../keys/resourceName";
import type { Answer } from "./action";
import { pageOf } from "./page";

/** The aliases of one key, or all; sorted by name. */
export function aliasPage(call: Call, ofKeyId: string | undefined, mostPerPage: number): Answer {
  // Looking at the keys ends those whose date has come, and their aliases with them.
  call.keys.all();
  const aliases = call.keys.aliases.list().filter(([, keyId]) => ofKeyId === undefined || keyId === ofKeyId);
  const { items, answer } = pageOf(aliases, call.parameters, { least: 0, most: mostPerPage });
  const Alias = items.map(([alias, keyId]) => ({
    AliasName: alias,
    AliasArn: arn(call.location, alias),
    KeyId: keyId,
  }));
  return { ...answer, Aliases: { Alias } };
}
