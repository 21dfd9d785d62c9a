// A data key under a KMS key, and the same data key wrapped for an HSM.
import * as pulumi from "@pulumi/pulumi";
import { DataKey, ExportedDataKey } from "pulumi-alicloud-kms";

const config = new pulumi.Config();

const orders = new DataKey(
  "orders",
  {
    keyId: config.get("keyId") ?? "alias/orders",
    encryptionContext: { purpose: "orders" },
    // Change it, and the next `pulumi up` rotates the data key.
    rotationTriggers: { year: config.get("year") ?? "2026" },
  },
  { protect: true }, // the stack's state holds the only copy
);

const ordersForHsm = new ExportedDataKey(
  "orders-for-hsm",
  {
    ciphertextBlob: orders.ciphertextBlob,
    encryptionContext: orders.encryptionContext,
    keyId: orders.resolvedKeyId,
    publicKeyBlob: config.require("hsmPublicKey"),
  },
  { protect: true },
);

// For applications: what KMS Decrypt needs.
export const ciphertextBlob = orders.ciphertextBlob;
export const encryptionContext = orders.encryptionContext;
export const keyVersionId = orders.keyVersionId;

// For the HSM: the wrapped key, how to unwrap it, and whose public key it is for.
export const exportedDataKey = ordersForHsm.exportedDataKey;
export const unwrapMechanism = ordersForHsm.unwrapMechanism;
export const publicKeySha256 = ordersForHsm.publicKeySha256;
