/** What the `__provider` texts in states name (see `handlerText.ts`). Not for programs. */
import { dataKey as dataKeyResource } from "../resources/dataKey";
import { exportedDataKey as exportedDataKeyResource } from "../resources/exportedDataKey";
import { dynamicProvider } from "./dynamicProvider";

export const dataKey = dynamicProvider(dataKeyResource);
export const exportedDataKey = dynamicProvider(exportedDataKeyResource);
