/** DescribeKey: tells about a key in whatever state (page "DescribeKey"). */
import type { Action } from "./action";
import { keyMetadata } from "./keyMetadata";

export const describeKey: Action = {
  name: "DescribeKey",
  cryptographic: false,
  run(call) {
    const metadata = keyMetadata(call.namedKey(), call.location);
    return { KeyMetadata: { ...metadata, DeletionProtection: "Disabled", DeletionProtectionDescription: "" } };
  },
};
