/** ListTagResources: the tags of some keys, or of all that have certain tags (page "ListTagResources"). */
import { errors } from "../errors";
import type { Key } from "../keys/key";
import type { Parameters } from "../parameters";
import type { Action } from "./action";
import { checkKeysMeant, numberedTags, resourceKeys } from "./tagParameters";

const rowsPerPage = 200;

export const listTagResources: Action = {
  name: "ListTagResources",
  cryptographic: false,
  run(call) {
    checkKeysMeant(call);
    const wanted = numberedTags(call.parameters);
    const named = resourceKeys(call);
    const keys = named.length > 0 ? named : call.keys.all().filter((key) => call.permits(key));
    const rows = keys.filter((key) => hasAll(key, wanted)).flatMap(tagRows);
    const start = startOf(call.parameters);
    const end = start + rowsPerPage;
    const NextToken = end < rows.length ? tokenOf(end) : "";
    return { NextToken, TagResources: { TagResource: rows.slice(start, end) } };
  },
};

/** A tag that is asked for without a value is there with any. */
const hasAll = (key: Key, wanted: readonly { key: string; value: string }[]): boolean =>
  wanted.every((tag) => key.tags.some((own) => own.key === tag.key && (tag.value === "" || tag.value === own.value)));

const tagRows = ({ keyId, tags }: Key) =>
  tags.map(({ key, value }) => ({ ResourceId: keyId, ResourceType: "key", TagKey: key, TagValue: value }));

/** A token is the number of rows before its page, in hexadecimal so that nobody takes it for a page number. */
const tokenOf = (start: number): string => start.toString(16).padStart(16, "0");

function startOf(parameters: Parameters): number {
  const token = parameters.optional("NextToken") ?? tokenOf(0);
  const start = /^[0-9a-f]{16}$/.test(token) ? Number.parseInt(token, 16) : NaN;
  if (!Number.isSafeInteger(start)) throw errors.invalidParameter("NextToken", "must be one that KMS has answered");
  return start;
}
