/** ExportDataKey: opens a data key and wraps its bytes under a public key (page "ExportDataKey"). */
import { bytesOfText } from "../plaintext";
import { wrappingKey } from "../wrapping/wrappingKey";
import type { Action } from "./action";

export const exportDataKey: Action = {
  name: "ExportDataKey",
  cryptographic: true,
  run(call) {
    const wrap = wrappingKey(call.parameters);
    const { key, version, text } = call.openedBlob();
    let dataKey: Buffer | undefined;
    try {
      dataKey = bytesOfText(text);
      const ExportedDataKey = wrap(dataKey, "CiphertextBlob");
      return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, ExportedDataKey };
    } finally {
      text.fill(0);
      dataKey?.fill(0);
    }
  },
};
