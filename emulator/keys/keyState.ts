/** What a key's state allows (page "Impact of CMK states on API operations"). */
import { errors } from "../errors";
import type { Key } from "./key";

/** The key, where it can be used for cryptography. */
export function usable(key: Key): Key {
  if (key.state !== "Enabled") throw errors.rejectedByState(key.state);
  return key;
}

/** The key, unless it is pending deletion: then nothing about it may change any more. */
export function changeable(key: Key): Key {
  if (key.state === "PendingDeletion") throw errors.rejectedByState(key.state);
  return key;
}

/** The key, where it can be enabled and disabled. */
export function switchable(key: Key): Key {
  if (key.state !== "Enabled" && key.state !== "Disabled") throw errors.stateModifiedFailed();
  return key;
}
