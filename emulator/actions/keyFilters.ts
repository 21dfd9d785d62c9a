/** The Filters parameter of ListKeys: `[{"Key":"KeyState","Values":["Enabled"]}]` (page "ListKeys"). */
import { errors } from "../errors";
import type { Key } from "../keys/key";
import { keySpecs } from "../keys/keySpec";

const most = 10;

/** What can be filtered by. A key that another service made does not exist here. */
const properties = {
  KeyState: (key: Key) => key.state,
  KeySpec: (key: Key) => key.keySpec,
  KeyUsage: (key: Key) => keySpecs[key.keySpec].usage,
  ProtectionLevel: (key: Key) => key.protectionLevel,
  CreatorType: () => "User",
  DKMSInstanceId: (key: Key) => key.dkmsInstanceId ?? "",
};
type Property = keyof typeof properties;

/** Whether a key passes: some value of each property that is named. */
export function keyFilter(text: string | undefined): (key: Key) => boolean {
  const wanted = new Map<Property, string[]>();
  for (const { Key, Values } of text === undefined ? [] : parse(text)) {
    if (Values.length > 0) wanted.set(Key, [...(wanted.get(Key) ?? []), ...Values]);
  }
  return (key) => [...wanted].every(([property, values]) => values.includes(properties[property](key)));
}

interface Filter {
  Key: Property;
  Values: string[];
}

function parse(text: string): Filter[] {
  let filters: unknown;
  try {
    filters = JSON.parse(text);
  } catch {
    throw invalid("must be a JSON list");
  }
  if (!Array.isArray(filters) || filters.length > most) throw invalid(`must be a list of at most ${most}`);
  return filters.map((filter: Partial<Filter> | null) => {
    if (typeof filter?.Key !== "string" || !Object.hasOwn(properties, filter.Key)) {
      throw invalid(`Key must be one of ${Object.keys(properties).join(", ")}`);
    }
    const { Key, Values } = filter;
    if (!Array.isArray(Values) || Values.length > most || !Values.every((value) => typeof value === "string")) {
      throw invalid(`Values must be a list of at most ${most} strings`);
    }
    return { Key, Values };
  });
}

const invalid = (reason: string) => errors.invalidParameter("Filters", reason);
