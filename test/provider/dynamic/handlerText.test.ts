import { runInNewContext } from "node:vm";
import { handlerText, type HandlerName } from "../../../provider/dynamic/handlerText";

const PACKAGE = "pulumi-alicloud-kms/dynamic";
const NAMES: HandlerName[] = ["dataKey", "exportedDataKey"];
type Require = (name: string) => unknown;

/** Evaluates the text as Pulumi does: as a module, of which it calls `handler`. */
function evaluate(text: string, require: Require & { main?: { require: Require } }): unknown {
  const exports: { handler?: () => unknown } = {};
  runInNewContext(text, { exports, require });
  return exports.handler?.();
}

/** What Node's `require` throws for a module that is not there. */
const missing = (name: string) =>
  Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- /some/path/index.js`), {
    code: "MODULE_NOT_FOUND",
  });

const failing = (error: Error) => () => {
  throw error;
};

test.each(NAMES)("of %s has at most 256 bytes", (name) => {
  expect(Buffer.byteLength(handlerText(name))).toBeLessThanOrEqual(256);
});

test.each(NAMES)("of %s is the same for ever: states hold it", (name) => {
  expect(handlerText(name)).toBe(
    `exports.handler=()=>{let p="pulumi-alicloud-kms/dynamic",m;try{m=require(p)}catch(e){if(e.code!="MODULE_NOT_FOUND"` +
      `||!e.message.includes("'"+p+"'"))throw e;m=require.main.require(p)}return m.${name}}`,
  );
});

test.each(NAMES)("of %s holds nothing of this machine", (name) => {
  for (const part of [process.cwd(), __dirname, process.env.HOME ?? "/root", "/", "\\"]) {
    expect(handlerText(name).replace(PACKAGE, "").replaceAll("||", "")).not.toContain(part);
  }
});

test.each(NAMES)("of %s takes that export of the package, as it is seen from the program", (name) => {
  const verbs = { name };
  const asked: string[] = [];
  const require = (module: string) => {
    asked.push(module);
    return { [name]: verbs };
  };
  expect(evaluate(handlerText(name), require)).toBe(verbs);
  expect(asked).toEqual([PACKAGE]);
});

test("looks from Pulumi's own module where the program does not see the package", () => {
  const verbs = {};
  const asked: string[] = [];
  const main = {
    require: (module: string) => {
      asked.push(module);
      return { dataKey: verbs };
    },
  };
  expect(evaluate(handlerText("dataKey"), Object.assign(failing(missing(PACKAGE)), { main }))).toBe(verbs);
  expect(asked).toEqual([PACKAGE]);
});

test.each([
  ["a dependency of the package is missing", missing("@alicloud/openapi-core")],
  ["a module of a longer name is missing", missing(`${PACKAGE}/other`)],
  ["the package is broken", new SyntaxError(`Unexpected token in '${PACKAGE}'`)],
])("does not hide that %s", (_, error) => {
  const main = { require: () => ({ dataKey: "never" }) };
  expect(() => evaluate(handlerText("dataKey"), Object.assign(failing(error), { main }))).toThrow(error.message);
});

test("fails where nobody sees the package", () => {
  const main = { require: failing(missing(PACKAGE)) };
  expect(() => evaluate(handlerText("dataKey"), Object.assign(failing(missing(PACKAGE)), { main }))).toThrow(
    "Cannot find module",
  );
});
