/** One authenticated call: what an action may see of the request and of the emulator. */
import { parseBlob, openBlob } from "./ciphertextBlob";
import { parseEncryptionContext, type EncryptionContext } from "./encryptionContext";
import { errors } from "./errors";
import type { Key, KeyVersion } from "./keys/key";
import type { KeyStore } from "./keys/keyStore";
import { findKey, type Location } from "./keys/resourceName";
import type { Parameters } from "./parameters";

/** What the call log tells about a call, filled in as it becomes known. */
export interface Trace {
  action: string | null;
  keyId: string | null;
  accessKeyId: string | null;
}

/** A data key, opened under the version that its ciphertext names. */
export interface OpenedBlob {
  readonly key: Key;
  readonly version: KeyVersion;
  readonly plaintext: Buffer;
}

/** The one argument of an action. */
export class Call {
  constructor(
    readonly parameters: Parameters,
    readonly keys: KeyStore,
    readonly location: Location,
    private readonly trace: Trace,
  ) {}

  /** The key that the KeyId parameter names, in whatever state. */
  namedKey(): Key {
    return this.noted(findKey(this.parameters.required("KeyId"), this.location, this.keys));
  }

  /** The key that the KeyId parameter names, if it can be used for cryptography. */
  usableKey(): Key {
    return usable(this.namedKey());
  }

  /** The encryption context. */
  encryptionContext(): EncryptionContext {
    // The older Node.js SDK flattens a map so. Overlooking it would leave a ciphertext unbound without a word.
    if (this.parameters.hasPrefix("EncryptionContext.")) {
      throw errors.invalidParameter("EncryptionContext", "must be one JSON string, not flattened");
    }
    return parseEncryptionContext(this.parameters.optional("EncryptionContext"));
  }

  /** Opens the CiphertextBlob parameter. The caller clears the plaintext. */
  openedBlob(): OpenedBlob {
    const blob = parseBlob(this.parameters.required("CiphertextBlob"));
    const context = this.encryptionContext();
    const found = this.keys.byVersion(blob.keyVersionId);
    if (found === undefined) throw errors.keyNotFound();
    const key = usable(this.noted(found.key));
    return { key, version: found.version, plaintext: openBlob(key.keyId, found.version, blob, context) };
  }

  /** Tells the call log that a new key was made. */
  noted(key: Key): Key {
    this.trace.keyId = key.keyId;
    return key;
  }
}

function usable(key: Key): Key {
  if (key.state !== "Enabled") throw errors.rejectedByState(key.state);
  return key;
}
