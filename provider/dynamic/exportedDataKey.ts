import {
  exportedDataKeySpec,
  type ExportedDataKeyArgs as Args,
  type ExportedDataKeyState,
} from "../resources/exportedDataKey";
import { dynamicResource, type ArgsOf } from "./dynamicResource";

/** What a program says of an export: all of it but what check fills in. */
type Given = Omit<Args, "emulated">;
export type ExportedDataKeyArgs = ArgsOf<Given>;

/**
 * A data key wrapped under a public key (ExportDataKey), for the HSM, region or cluster that holds the private key.
 * Whoever holds that private key has the data key: `publicKeySha256`, which every preview shows, is what to review.
 */
export class ExportedDataKey extends dynamicResource<Given, ExportedDataKeyState>(
  exportedDataKeySpec,
  "exportedDataKey",
) {}
