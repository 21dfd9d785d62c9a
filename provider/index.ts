/** The public surface: the resource classes and the types of their args and outputs. */
export { DataKey, type DataKeyArgs } from "./dynamic/dataKey";
export { ExportedDataKey, type ExportedDataKeyArgs } from "./dynamic/exportedDataKey";
export type { UnwrapMechanism } from "./crypto/unwrapMechanism";
export type { Connection } from "./kms/connection";
export type { DataKeyVersion } from "./resources/dataKey";
