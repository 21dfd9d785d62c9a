/** CreateKeyVersion: a new version, the primary one from now on (page "CreateKeyVersion"). */
import { errors } from "../errors";
import { primaryVersion, withNewVersion } from "../keys/key";
import { keySpecs } from "../keys/keySpec";
import type { Action } from "./action";
import { keyVersionAnswer } from "./keyVersion";

export const createKeyVersion: Action = {
  name: "CreateKeyVersion",
  cryptographic: false,
  async run(call) {
    const { keySpec, origin } = call.usableKey();
    if (origin === "EXTERNAL") throw errors.rejectedUnsupportedOperation();
    const material = await keySpecs[keySpec].newMaterialBeside();
    // Other calls ran meanwhile: what the key was then does not count any more.
    const key = withNewVersion(call.usableKey(), call.keys.now(), material);
    call.keys.put(key);
    return { KeyVersion: keyVersionAnswer(key, primaryVersion(key)) };
  },
};
