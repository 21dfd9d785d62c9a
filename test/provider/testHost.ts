import type { Host } from "../../provider/lifecycle";

export type Values = Record<string, string>;

/** A host made of plain maps, which remembers its warnings. */
export interface TestHost extends Host {
  warnings: string[];
}

/** Makes a host whose stack and machine have these settings and no others. */
export function testHost(config: Values = {}, env: Values = {}, signal?: AbortSignal): TestHost {
  const warnings: string[] = [];
  return {
    settings: { config: (name) => config[name], env: (name) => env[name] },
    warn: (message) => void warnings.push(message),
    warnings,
    ...(signal === undefined ? {} : { signal }),
  };
}
