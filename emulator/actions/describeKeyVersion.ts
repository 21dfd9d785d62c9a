/** DescribeKeyVersion: tells about one version of a key (page "DescribeKeyVersion"). */
import { errors } from "../errors";
import type { Action } from "./action";
import { keyVersionAnswer } from "./keyVersion";

export const describeKeyVersion: Action = {
  name: "DescribeKeyVersion",
  cryptographic: false,
  run(call) {
    const keyVersionId = call.parameters.required("KeyVersionId");
    const key = call.namedKey();
    const version = key.versions.find((each) => each.keyVersionId === keyVersionId);
    if (version === undefined) throw errors.keyVersionNotFound();
    return { KeyVersion: keyVersionAnswer(key, version) };
  },
};
