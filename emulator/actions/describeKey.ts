/** DescribeKey: tells about a key in whatever state (page "DescribeKey"). */
import type { Action } from "./action";
import { keyMetadata } from "./keyMetadata";

export const describeKey: Action = {
  name: "DescribeKey",
  cryptographic: false,
  run(call) {
    const key = call.namedKey();
    return {
      KeyMetadata: {
        ...keyMetadata(key, call.location),
        DeletionProtection: key.deletionProtection === undefined ? "Disabled" : "Enabled",
        DeletionProtectionDescription: key.deletionProtection ?? "",
      },
    };
  },
};
