/** The table of actions: what is not here is not supported. */
import type { Action } from "./action";
import { asymmetricDecrypt } from "./asymmetricDecrypt";
import { asymmetricEncrypt } from "./asymmetricEncrypt";
import { cancelKeyDeletion } from "./cancelKeyDeletion";
import { createAlias } from "./createAlias";
import { createKey } from "./createKey";
import { createKeyVersion } from "./createKeyVersion";
import { decrypt } from "./decrypt";
import { deleteAlias } from "./deleteAlias";
import { describeKey } from "./describeKey";
import { describeKeyVersion } from "./describeKeyVersion";
import { describeRegions } from "./describeRegions";
import { disableKey } from "./disableKey";
import { enableKey } from "./enableKey";
import { encrypt } from "./encrypt";
import { exportDataKey } from "./exportDataKey";
import { generateAndExportDataKey } from "./generateAndExportDataKey";
import { generateDataKey } from "./generateDataKey";
import { generateDataKeyWithoutPlaintext } from "./generateDataKeyWithoutPlaintext";
import { getKeyPolicy } from "./getKeyPolicy";
import { getPublicKey } from "./getPublicKey";
import { listAliases } from "./listAliases";
import { listAliasesByKeyId } from "./listAliasesByKeyId";
import { listKeyVersions } from "./listKeyVersions";
import { listKeys } from "./listKeys";
import { listResourceTags } from "./listResourceTags";
import { listTagResources } from "./listTagResources";
import { reEncrypt } from "./reEncrypt";
import { scheduleKeyDeletion } from "./scheduleKeyDeletion";
import { setDeletionProtection } from "./setDeletionProtection";
import { setKeyPolicy } from "./setKeyPolicy";
import { tagResource } from "./tagResource";
import { tagResources } from "./tagResources";
import { untagResource } from "./untagResource";
import { untagResources } from "./untagResources";
import { updateAlias } from "./updateAlias";
import { updateKeyDescription } from "./updateKeyDescription";
import { updateRotationPolicy } from "./updateRotationPolicy";

const all: readonly Action[] = [
  asymmetricDecrypt,
  asymmetricEncrypt,
  cancelKeyDeletion,
  createAlias,
  createKey,
  createKeyVersion,
  decrypt,
  deleteAlias,
  describeKey,
  describeKeyVersion,
  describeRegions,
  disableKey,
  enableKey,
  encrypt,
  exportDataKey,
  generateAndExportDataKey,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  getKeyPolicy,
  getPublicKey,
  listAliases,
  listAliasesByKeyId,
  listKeyVersions,
  listKeys,
  listResourceTags,
  listTagResources,
  reEncrypt,
  scheduleKeyDeletion,
  setDeletionProtection,
  setKeyPolicy,
  tagResource,
  tagResources,
  untagResource,
  untagResources,
  updateAlias,
  updateKeyDescription,
  updateRotationPolicy,
];

/** Every action, by its name. */
export const actions: ReadonlyMap<string, Action> = new Map(all.map((action) => [action.name, action]));
