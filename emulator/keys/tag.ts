/** Tags of a key, and their form (page "TagResources"). */

/** A tag: a name, and what it says. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** How many tags a key has at most. */
export const mostTags = 20;

const form = /^[\p{L}\p{N}/\\_\-.+=:@]{0,128}$/u;

/** What is wrong with a tag; undefined where nothing is. */
export function tagFault({ key, value }: Tag): string | undefined {
  if (!form.test(key) || key === "") return "a key is 1 to 128 letters, digits and / \\ _ - . + = : @";
  if (key.startsWith("aliyun") || key.startsWith("acs:")) return "a key must not start with aliyun or acs:";
  if (!form.test(value)) return "a value is at most 128 letters, digits and / \\ _ - . + = : @";
  return undefined;
}

/** The tags with others added, which win over those of the same key. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const values = new Map([...tags, ...added].map(({ key, value }) => [key, value]));
  return Array.from(values, ([key, value]) => ({ key, value }));
}
