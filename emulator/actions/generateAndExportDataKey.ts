/** GenerateAndExportDataKey: a new data key, sealed and wrapped under a public key (page of that name). */
import { wrappingKey } from "../wrapping/wrappingKey";
import type { Action } from "./action";
import { newDataKey } from "./newDataKey";

export const generateAndExportDataKey: Action = {
  name: "GenerateAndExportDataKey",
  cryptographic: true,
  run(call) {
    const wrap = wrappingKey(call.parameters);
    return newDataKey(call, (answer, dataKey) => ({ ...answer, ExportedDataKey: wrap(dataKey, "NumberOfBytes") }));
  },
};
