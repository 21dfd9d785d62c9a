/**
 * One emulator per data folder. Each writes a file `lock.<pid>.<start time>.<random>` first and looks for others
 * afterwards, so of two that start together at least one sees the other and gives way. The name tells a living owner
 * from a dead one whose pid was given out again, so taking over a stale lock is only deleting a file nobody owns.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartFault, systemErrorCode } from "../startFault";

/** Takes the folder, and gives the function that lets it go. */
export function lockFolder(folder: string): () => void {
  const own = `lock.${process.pid}.${startTime(process.pid)}.${randomBytes(4).toString("hex")}`;
  const release = () => rmSync(join(folder, own), { force: true });
  writeFileSync(join(folder, own), "", { mode: 0o600, flag: "wx" });
  for (const name of readdirSync(folder)) {
    const other = /^lock\.(\d+)\.(\w+)\.\w+$/.exec(name);
    if (other === null || name === own) continue;
    const pid = Number(other[1]);
    if (startTime(pid) === other[2]) {
      release();
      throw new StartFault(
        `data folder ${folder}: process ${pid} is using it (${name}); stop it, or give another folder`,
      );
    }
    rmSync(join(folder, name), { force: true });
  }
  return release;
}

/**
 * When the process started, in a form that only compares; undefined where there is no such process.
 * Without /proc it is the same word for every living process.
 */
function startTime(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== "EPERM") return undefined;
  }
  try {
    // The second field, the command's name, is in parentheses and may hold anything; the 22nd is the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A dead process that nobody has collected yet, as in containers without an init, holds nothing any more.
    return state === "Z" ? undefined : rest[22 - 4];
  } catch {
    return "alive";
  }
}
