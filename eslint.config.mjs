// Rules of the code, and the directions in which its parts may import (DESIGN.md, "Parts").
import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Which folders and packages a part must not import, and why. */
const directions = [
  {
    files: ["provider/lifecycle.ts", "provider/errors.ts"],
    never: ["^\\.", "^@"],
    why: "lifecycle and errors are leaves",
  },
  {
    files: ["provider/crypto/**"],
    never: ["^\\.\\./", "^@"],
    why: "crypto is a leaf",
  },
  {
    files: ["provider/fields.ts"],
    never: ["/(resources|dynamic|kms)/", "^@"],
    why: "fields know the lifecycle and nothing else",
  },
  {
    files: ["provider/kms/**"],
    never: ["/(resources|dynamic)/", "/fields$", "^@pulumi/"],
    why: "the KMS client knows nothing of resources and hosts",
  },
  {
    files: ["provider/resources/**"],
    never: ["/dynamic/", "^@", "^node:(http|https|net)$"],
    why: "resources know nothing of hosts, of Pulumi, of the vendor SDK and of HTTP",
  },
  {
    files: ["provider/dynamic/**", "provider/index.ts"],
    never: ["^@alicloud/", "^@grpc/"],
    why: "only kms/ touches the vendor SDK",
  },
  {
    files: ["emulator/**"],
    never: ["/provider/", "^@pulumi/"],
    why: "the emulator shares no code with the provider: a bug on both sides would cancel out",
  },
  {
    files: ["examples/**"],
    never: ["/provider/", "/emulator/"],
    why: "examples use the package as its users do",
  },
];

export default tseslint.config(
  { ignores: ["**/node_modules/", "dist/", ".tools/", ".local/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      // Numbers and booleans are harmless in a text; what must not get there is kept out by the error classes.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  ...directions.map(({ files, never, why }) => ({
    files,
    rules: {
      "no-restricted-imports": ["error", { patterns: never.map((regex) => ({ regex, message: why })) }],
    },
  })),
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { module: "writable", require: "readonly", process: "readonly", console: "readonly" } },
  },
);
