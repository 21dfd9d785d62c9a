/** A key version as the actions that list, describe and create one answer it. */
import type { Key, KeyVersion } from "../keys/key";
import type { Answer } from "./action";

/** The fields of KeyVersion. */
export const keyVersionAnswer = (key: Key, { keyVersionId, creationDate }: KeyVersion): Answer => ({
  KeyId: key.keyId,
  KeyVersionId: keyVersionId,
  CreationDate: creationDate,
});
