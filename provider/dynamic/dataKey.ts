import { dataKeySpec, type DataKeyArgs as Args, type DataKeyState } from "../resources/dataKey";
import { dynamicResource, type ArgsOf } from "./dynamicResource";

/** What a program says of a data key: all of it but what check fills in. */
type Given = Omit<Args, "emulated">;
export type DataKeyArgs = ArgsOf<Given>;

/**
 * One data key under a KMS key (GenerateDataKeyWithoutPlaintext; GenerateDataKey with `withPlaintext`). KMS keeps no
 * copy: the stack's state may hold the only one. Whatever needs new key material rotates in place and keeps the old
 * version in `previousVersions`. Use `protect: true`.
 */
export class DataKey extends dynamicResource<Given, DataKeyState>(dataKeySpec, "dataKey") {}
