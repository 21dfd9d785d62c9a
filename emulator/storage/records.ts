/** Where the emulator keeps what must outlive a call: JSON values under names. */

/** Named JSON values. A put that has returned is kept, whatever happens next. */
export interface Records {
  /** The value under the name, or undefined. */
  get(name: string): unknown;
  /** The names that start with the group and a slash, sorted. */
  list(group: string): string[];
  /** Keeps the value under the name, in place of the one before. */
  put(name: string, value: unknown): void;
  /** Ends the value under the name: nothing of it is left to be read. After a failure it can be asked for again. */
  destroy(name: string): void;
  /** Lets another emulator have the place: nothing is written there any more. */
  release(): void;
}

/** Records that end with the process. */
export function memoryRecords(): Records {
  const texts = new Map<string, string>();
  return {
    get: (name) => {
      const text = texts.get(name);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    list: (group) => [...texts.keys()].filter((name) => name.startsWith(`${group}/`)).sort(),
    put: (name, value) => void texts.set(name, JSON.stringify(value)),
    destroy: (name) => void texts.delete(name),
    release: () => undefined,
  };
}
