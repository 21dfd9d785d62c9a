/** Tags and tagged keys as the actions on tags are given them. */
import type { Call } from "../call";
import { errors } from "../errors";
import type { Key } from "../keys/key";
import { mostTags, tagFault, withTags, type Tag } from "../keys/tag";
import type { Parameters } from "../parameters";

const mostKeys = 50;

/** The Tags parameter: `[{"TagKey":"a","TagValue":"b"}]`. */
export function jsonTags(text: string): Tag[] {
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    throw errors.invalidParameter("Tags", "must be a JSON list");
  }
  if (!Array.isArray(tags)) throw errors.invalidParameter("Tags", "must be a JSON list");
  return soundTags(
    "Tags",
    tags.map((tag: { TagKey?: unknown; TagValue?: unknown } | null) => {
      const { TagKey: key, TagValue: value = "" } = tag ?? {};
      if (typeof key === "string" && typeof value === "string") return { key, value };
      throw errors.invalidParameter("Tags", "every tag needs a TagKey and a TagValue, both strings");
    }),
  );
}

/** The parameters Tag.N.Key and Tag.N.Value. */
export function numberedTags(parameters: Parameters): Tag[] {
  const values = parameters.numbered("Tag", ".Value");
  const keys = parameters.numbered("Tag", ".Key");
  if ([...values.keys()].some((number) => !keys.has(number))) throw errors.missingParameter("Tag.N.Key");
  return soundTags(
    "Tag",
    Array.from(keys, ([number, key]) => ({ key, value: values.get(number) ?? "" })),
  );
}

/** The JSON list `["a","b"]`, or `a,b`. */
export function tagKeyList(text: string): string[] {
  if (!text.startsWith("[")) return text.split(",");
  const invalid = () => errors.invalidParameter("TagKeys", "must be a JSON list of strings");
  let keys: unknown;
  try {
    keys = JSON.parse(text);
  } catch {
    throw invalid();
  }
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) throw invalid();
  return keys;
}

/** Refuses what is about anything but keys: there is nothing else here. */
export function checkKeysMeant({ parameters }: Call): void {
  const type = parameters.requiredOneOf("ResourceType", ["key", "secret"]);
  if (type !== "key") throw errors.unsupportedOperation();
}

/** Refuses the other things that the actions on one resource can be about. */
export function checkOnlyKey({ parameters }: Call): void {
  const others = ["SecretName", "CertificateId"].filter((name) => parameters.optional(name) !== undefined);
  if (others.length > 0) throw errors.unsupportedOperation();
}

/** The keys that ResourceId.1, ResourceId.2 … name. */
export function resourceKeys(call: Call): Key[] {
  const names = [...call.parameters.numbered("ResourceId").values()];
  if (names.length > mostKeys) throw errors.invalidParameter("ResourceId", `at most ${mostKeys}`);
  return [...new Set(names.map((name) => call.keyNamed(name, "ResourceId")))];
}

/** The key with the tags added. */
export function tagged(key: Key, added: readonly Tag[]): Key {
  const tags = withTags(key.tags, added);
  if (tags.length > mostTags) throw errors.limitExceeded();
  return { ...key, tags };
}

/** The key without these tags; those that it does not have are overlooked. */
export const untagged = (key: Key, tagKeys: readonly string[]): Key => ({
  ...key,
  tags: key.tags.filter((tag) => !tagKeys.includes(tag.key)),
});

function soundTags(name: string, tags: Tag[]): Tag[] {
  const fault =
    tags.length > mostTags
      ? `at most ${mostTags} tags`
      : new Set(tags.map((tag) => tag.key)).size < tags.length
        ? "a key occurs twice"
        : tags.map(tagFault).find((found) => found !== undefined);
  if (fault !== undefined) throw errors.invalidParameter(name, fault);
  return tags;
}
