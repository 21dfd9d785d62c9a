/** Automatic rotation (page "Automatic key rotation"): a new primary version when the last one has reached an age. */
import { isoSeconds, primaryVersion, type Key } from "./key";
import { isKeyPair } from "./keySpec";

/** What a rotation interval must look like, for people. */
export const rotationIntervalText = "7 to 730 days, as 7d, 168h, 10080m or 604800s";

const unitSeconds = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const daySeconds = unitSeconds.d;

/** The seconds of a RotationInterval parameter (`7d`, `604800s`); undefined where it is none. */
export function rotationSeconds(text: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d{0,8})([dhms])$/.exec(text) ?? [];
  const seconds = Number(digits) * unitSeconds[(unit ?? "s") as keyof typeof unitSeconds];
  return seconds >= 7 * daySeconds && seconds <= 730 * daySeconds ? seconds : undefined;
}

/** Whether keys of this kind rotate: material that was imported, and key pairs, do not. */
export const canRotate = (key: Pick<Key, "origin" | "keySpec">): boolean =>
  key.origin === "Aliyun_KMS" && !isKeyPair(key.keySpec);

/** When the key rotates next; undefined where it does not. */
export function nextRotationDate(key: Key): string | undefined {
  if (key.rotationSeconds === undefined) return undefined;
  return isoSeconds(new Date(Date.parse(primaryVersion(key).creationDate) + key.rotationSeconds * 1000));
}

/** Whether the key must rotate before it is used. One that is not enabled waits until it is again. */
export function isRotationDue(key: Key, now: Date): boolean {
  const next = nextRotationDate(key);
  return next !== undefined && key.state === "Enabled" && Date.parse(next) <= now.getTime();
}
