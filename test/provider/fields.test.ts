import {
  asBoolean,
  asInteger,
  changedFields,
  checkFields,
  withoutNulls,
  holdsUnknown,
  secretOutputs,
  type Field,
} from "../../provider/fields";
import { UNKNOWN } from "../../provider/lifecycle";

const fields: Record<string, Field> = {
  name: { type: "string", required: true, effect: "rotates", fault: (name) => (name === "bad" ? "is bad" : undefined) },
  mode: { type: "string", values: ["fast", "slow"], effect: "reexports" },
  size: { type: "integer", range: [1, 1024], effect: "rotates" },
  keep: { type: "integer", range: [0, Number.MAX_SAFE_INTEGER], effect: "updates" },
  open: { type: "boolean", effect: "updates" },
  labels: { type: "stringMap", effect: "rotates", fault: (map) => ("x" in map ? "holds an x" : undefined) },
  place: {
    type: "object",
    effect: "rotates",
    fields: {
      region: { type: "string", effect: "rotates" },
      network: { type: "string", effect: "updates" },
    },
  },
  label: { type: "string", effect: "updates", same: (a: string, b: string) => a.toLowerCase() === b.toLowerCase() },
  filled: { type: "boolean", effect: "updates", filledByCheck: true },
};

const faults = (inputs: Record<string, unknown>) =>
  checkFields(fields, inputs).map(({ property, reason }) => `${property} ${reason}`);

describe("checkFields", () => {
  test("accepts inputs of the right types", () => {
    const place = { region: "here", network: "there" };
    expect(
      faults({ name: "a", mode: "fast", size: 1024, keep: 0, open: false, labels: { a: "1" }, place, label: "L" }),
    ).toEqual([]);
  });

  test.each([
    ["name", undefined, "name is missing, and is required"],
    ["name", null, "name is missing, and is required"],
    ["name", "", "name is empty"],
    ["name", 5, "name must be a string, and is a number"],
    ["name", true, "name must be a string, and is a boolean"],
    ["name", ["a"], "name must be a string, and is a list"],
    ["name", { a: 1 }, "name must be a string, and is an object"],
    ["name", "bad", "name is bad"],
    ["mode", "medium", "mode is none of the allowed values: fast, slow"],
    ["mode", "toString", "mode is none of the allowed values: fast, slow"],
    ["size", 0, "size must be a whole number from 1 to 1024, and is 0"],
    ["size", 1025, "size must be a whole number from 1 to 1024, and is 1025"],
    ["size", 1.5, "size must be a whole number from 1 to 1024, and is 1.5"],
    ["size", -1, "size must be a whole number from 1 to 1024, and is -1"],
    ["size", NaN, "size must be a whole number from 1 to 1024, and is NaN"],
    ["size", "many", "size must be a whole number from 1 to 1024, and is a string"],
    ["size", "2000", "size must be a whole number from 1 to 1024, and is 2000"],
    ["size", "1.5", "size must be a whole number from 1 to 1024, and is a string"],
    ["size", "", "size must be a whole number from 1 to 1024, and is a string"],
    ["size", true, "size must be a whole number from 1 to 1024, and is a boolean"],
    ["keep", -1, "keep must be a whole number of 0 or more, and is -1"],
    ["keep", 2 ** 60, "keep must be a whole number of 0 or more, and is 1152921504606847000"],
    ["open", 1, "open must be true or false, and is a number"],
    ["open", "yes", "open must be true or false, and is a string"],
    ["labels", "a=1", "labels must be a map of strings, and is a string"],
    ["labels", ["a"], "labels must be a map of strings, and is a list"],
    ["labels", { x: "1" }, "labels holds an x"],
    ["labels", { a: 1 }, "labels.a must be a string, and is a number"],
    ["labels", { a: null }, "labels.a must be a string, and is null"],
    ["labels", { a: { b: "c" } }, "labels.a must be a string, and is an object"],
    ["labels", { "a b.c": [] }, 'labels["a b.c"] must be a string, and is a list'],
    ["labels", { 'a"]': false }, 'labels["a\\"]"] must be a string, and is a boolean'],
    ["labels", { "": 0 }, 'labels[""] must be a string, and is a number'],
    ["labels", JSON.parse('{"__proto__":1}'), "labels.__proto__ must be a string, and is a number"],
    ["place", "here", "place must be an object, and is a string"],
    ["place", { region: 7 }, "place.region must be a string, and is a number"],
    ["place", { zone: "a" }, "place.zone is not a property (allowed: region, network)"],
    ["filled", true, "filled is filled in by the provider, and must not be given"],
  ])("finds the one fault of %s: %j", (property, value: unknown, fault) => {
    expect(faults({ name: "a", [property]: value })).toEqual([fault]);
  });

  test("finds all faults at once, unknown properties first", () => {
    expect(faults({ mode: 1, size: 0, open: "no", extra: 1, place: { region: "", extra: 2 }, labels: { a: 1, b: 2 } }))
      // The properties that are named are the ones a program may give.
      .toEqual([
        "extra is not a property (allowed: name, mode, size, keep, open, labels, place, label)",
        "name is missing, and is required",
        "mode must be a string, and is a number",
        "size must be a whole number from 1 to 1024, and is 0",
        "open must be true or false, and is a string",
        "labels.a must be a string, and is a number",
        "labels.b must be a string, and is a number",
        "place.extra is not a property (allowed: region, network)",
        "place.region is empty",
      ]);
  });

  test("takes numbers and booleans as configuration gives them", () => {
    expect(faults({ name: "a", size: "32", keep: "0", open: "true" })).toEqual([]);
  });

  test("takes null for what is not required as absent", () => {
    const inputs = { mode: null, size: null, keep: null, open: null, labels: null, place: null, filled: null };
    expect(faults({ name: "a", ...inputs })).toEqual([]);
  });

  test.each(["name", "mode", "size", "keep", "open", "labels", "place"])("lets an unknown %s pass", (property) => {
    expect(faults({ name: "a", [property]: UNKNOWN })).toEqual([]);
  });

  test("lets unknown values inside maps and objects pass, and finds the faults beside them", () => {
    expect(faults({ name: "a", labels: { a: UNKNOWN, b: 2 }, place: { region: UNKNOWN, network: 1 } })).toEqual([
      "labels.b must be a string, and is a number",
      "place.network must be a string, and is a number",
    ]);
  });

  test("asks no rule about a map that is not all known", () => {
    expect(faults({ name: "a", labels: { x: UNKNOWN } })).toEqual([]);
  });

  test("does not take what every object inherits for a property", () => {
    expect(faults({ name: "a", toString: "x", constructor: "y" })).toHaveLength(2);
  });

  test("repeats no string that was given", () => {
    const secret = "dont-print-me";
    const inputs = {
      name: [secret],
      mode: secret,
      size: secret,
      keep: secret,
      open: secret,
      labels: secret,
      place: { region: { secret }, network: [secret] },
    };
    expect(faults(inputs)).toHaveLength(8);
    expect(faults(inputs).join()).not.toContain(secret);
  });
});

describe("changedFields", () => {
  const state = { name: "a", mode: "fast", size: 32, open: true, labels: { a: "1", b: "2" }, place: { region: "r" } };

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["the same values", state, state],
    ["another order of a map", { labels: { a: "1", b: "2" } }, { labels: { b: "2", a: "1" } }],
    ["another order of an object", { place: { region: "r", network: "n" } }, { place: { network: "n", region: "r" } }],
    ["an empty map for none", {}, { labels: {} }],
    ["no map for an empty one", { labels: {} }, {}],
    ["an empty object for none", {}, { place: {} }],
    ["no object for an empty one", { place: {} }, {}],
    ["text for a number", { size: 32 }, { size: "32" }],
    ["a number for text", { size: "32" }, { size: 32 }],
    ["text for a boolean", { open: true }, { open: "true" }],
    ["false for no boolean", {}, { open: false }],
    ["no boolean for false", { open: false }, {}],
    ["text of false for no boolean", {}, { open: "false" }],
    ["null for nothing", {}, { mode: null, size: null, keep: null, open: null, labels: null, place: null }],
    ["nothing for null", { mode: null, size: null, keep: null, open: null, labels: null, place: null }, {}],
    ["what the field's own comparison takes for the same", { label: "Ab" }, { label: "aB" }],
  ])("sees no change in %s", (_, before, after) => {
    expect(changedFields(fields, before, after)).toEqual({});
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, string>]>([
    ["another string", { name: "a" }, { name: "b" }, { name: "rotates" }],
    ["a string in other case", { name: "a" }, { name: "A" }, { name: "rotates" }],
    ["a string that is gone", { mode: "fast" }, {}, { mode: "reexports" }],
    ["a string that is new", {}, { mode: "fast" }, { mode: "reexports" }],
    ["another number", { size: 32 }, { size: "33" }, { size: "rotates" }],
    ["zero for no number", {}, { keep: 0 }, { keep: "updates" }],
    ["no number for zero", { keep: 0 }, {}, { keep: "updates" }],
    ["a switch turned on", {}, { open: "true" }, { open: "updates" }],
    ["a switch turned off", { open: true }, {}, { open: "updates" }],
    ["another value in a map", { labels: { a: "1" } }, { labels: { a: "2" } }, { labels: "rotates" }],
    ["an added pair", { labels: { a: "1" } }, { labels: { a: "1", b: "" } }, { labels: "rotates" }],
    ["a removed map", { labels: { a: "1" } }, {}, { labels: "rotates" }],
    [
      "exchanged values in a map",
      { labels: { a: "1", b: "2" } },
      { labels: { a: "2", b: "1" } },
      { labels: "rotates" },
    ],
    ["a comma that moved", { labels: { a: "b,c" } }, { labels: { "a,b": "c" } }, { labels: "rotates" }],
    ["a harmless part of an object", { place: {} }, { place: { network: "n" } }, { place: "updates" }],
    ["a weighty part of an object", { place: { region: "r" } }, { place: { region: "s" } }, { place: "rotates" }],
    [
      "the weightiest part of an object",
      { place: { region: "r", network: "n" } },
      { place: { network: "m", region: "s" } },
      { place: "rotates" },
    ],
    ["a removed object", { place: { region: "r" } }, {}, { place: "rotates" }],
    ["an unknown string", { name: "a" }, { name: UNKNOWN }, { name: "rotates" }],
    ["an unknown for nothing", {}, { mode: UNKNOWN }, { mode: "reexports" }],
    ["an unknown switch", { open: false }, { open: UNKNOWN }, { open: "updates" }],
    ["an unknown in a map", { labels: { a: "1" } }, { labels: { a: UNKNOWN } }, { labels: "rotates" }],
    ["an unknown map", { labels: { a: "1" } }, { labels: UNKNOWN }, { labels: "rotates" }],
    ["an unknown object", { place: { region: "r" } }, { place: UNKNOWN }, { place: "rotates" }],
    ["an unknown in an object", { place: {} }, { place: { network: UNKNOWN } }, { place: "updates" }],
    [
      "several changes",
      state,
      { ...state, name: "b", mode: "slow", keep: 1 },
      { name: "rotates", mode: "reexports", keep: "updates" },
    ],
  ])("names the effect of %s", (_, before, after, changes) => {
    expect(changedFields(fields, before, after)).toEqual(changes);
  });
});

test("asInteger takes whole numbers and their decimal text, and nothing else", () => {
  expect([1, 0, -3, "12", "-7", "007"].map(asInteger)).toEqual([1, 0, -3, 12, -7, 7]);
  const others = [1.5, "1.5", "", " 1", "1e3", "0x10", "+1", NaN, Infinity, 2 ** 53, null, undefined, true, [1], {}];
  expect(others.filter((value) => asInteger(value) !== undefined)).toEqual([]);
});

test("asBoolean takes booleans and their text, and nothing else", () => {
  expect([true, false, "true", "false"].map(asBoolean)).toEqual([true, false, true, false]);
  const others = [1, 0, "", "True", "yes", null, undefined, [], {}];
  expect(others.filter((value) => asBoolean(value) !== undefined)).toEqual([]);
});

test("holdsUnknown looks as deep as there is something", () => {
  expect([UNKNOWN, { a: [{ b: UNKNOWN }] }].map(holdsUnknown)).toEqual([true, true]);
  expect([undefined, null, "", { a: [{ b: "x" }] }, { [UNKNOWN]: "key" }].some(holdsUnknown)).toBe(false);
});

test("secretOutputs names secret inputs and secret outputs", () => {
  const inputs: Record<string, Field> = {
    a: { type: "string", effect: "updates", secret: true },
    b: { type: "string", effect: "updates" },
  };
  const spec = { type: "T", inputs, outputs: { c: {}, d: { secret: true as const } } };
  expect(secretOutputs(spec)).toEqual(["a", "d"]);
});

describe("withoutNulls", () => {
  const fields: Record<string, Field> = {
    name: { type: "string", effect: "updates" },
    labels: { type: "stringMap", effect: "updates" },
    place: { type: "object", effect: "updates", fields: { region: { type: "string", effect: "updates" } } },
  };

  test("takes nulls for what was left out, in objects too", () => {
    expect(withoutNulls(fields, { name: null, place: { region: null }, other: null })).toEqual({ place: {} });
  });

  test("leaves nulls in maps, where they are faults", () => {
    const inputs = withoutNulls(fields, { labels: { a: null } });
    expect(checkFields(fields, inputs)).toEqual([{ property: "labels.a", reason: "must be a string, and is null" }]);
  });
});
