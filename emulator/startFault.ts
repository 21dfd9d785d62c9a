/** Why the emulator cannot start: something its user gave it, told in one line. */

/** A fault of flags, seed, data folder, port or certificate. Its message is one line and holds no secret. */
export class StartFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartFault";
  }
}

/** The code of a system error (`ENOENT`, `EADDRINUSE`, …), or a stand-in where it is another kind of error. */
export function systemErrorCode(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown fault";
}
