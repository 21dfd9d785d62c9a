/** One authenticated call: what an action may see of the request and of the emulator. */
import { parseBlob, openBlob } from "./ciphertextBlob";
import { parseEncryptionContext, type EncryptionContext } from "./encryptionContext";
import { errors } from "./errors";
import type { Key, KeyVersion } from "./keys/key";
import { isKeyId } from "./keys/keyId";
import type { KeyStore } from "./keys/keyStore";
import { isKeyPair } from "./keys/keySpec";
import { usable } from "./keys/keyState";
import { arn, findKey, type Location } from "./keys/resourceName";
import type { Parameters } from "./parameters";
import type { Permission } from "./permissions";

/** What the call log tells about a call, filled in as it becomes known. */
export interface Trace {
  action: string | null;
  keyId: string | null;
  accessKeyId: string | null;
}

/** Who calls, and what the log is told about it. */
export interface Caller {
  readonly account: string;
  readonly permission: Permission;
  readonly trace: Trace;
}

/** A key, and that version of it which a call is about. */
export interface VersionOfKey {
  readonly key: Key;
  readonly version: KeyVersion;
}

/** What a ciphertext holds, opened under the version that it names. */
export interface OpenedBlob extends VersionOfKey {
  /** The base64 text that was encrypted. */
  readonly text: Buffer;
}

/** The one argument of an action. */
export class Call {
  constructor(
    readonly parameters: Parameters,
    readonly keys: KeyStore,
    readonly location: Location,
    private readonly caller: Caller,
  ) {}

  /** The key that the parameter names, in whatever state. */
  namedKey(parameter = "KeyId"): Key {
    return this.keyNamed(this.parameters.required(parameter), parameter);
  }

  /** The key of that name, which the parameter holds among others. */
  keyNamed(name: string, parameter: string): Key {
    let key: Key;
    try {
      key = findKey(name, this.location, this.keys, this.caller.account);
    } catch (error) {
      throw this.permittedToKnow(error, parameter, name);
    }
    return this.noted(key, parameter, name);
  }

  /** The key that the KeyId parameter names, if it can be used for cryptography. */
  usableKey(): Key {
    return usable(this.namedKey());
  }

  /** The symmetric key that the parameter names, if it can be used for cryptography. */
  symmetricKey(parameter = "KeyId"): Key {
    const key = this.namedKey(parameter);
    if (isKeyPair(key.keySpec)) throw errors.unsupportedOperation();
    return usable(key);
  }

  /** The version of a key pair that the parameters name, if it can be used for cryptography. */
  keyPair(keyParameter = "KeyId", versionParameter = "KeyVersionId"): VersionOfKey {
    const keyVersionId = this.parameters.required(versionParameter);
    const key = this.namedKey(keyParameter);
    if (!isKeyPair(key.keySpec)) throw errors.rejectedUnsupportedOperation();
    const version = key.versions.find((each) => each.keyVersionId === keyVersionId);
    if (version === undefined) throw errors.keyVersionNotFound();
    return { key: usable(key), version };
  }

  /** The encryption context. */
  encryptionContext(parameter = "EncryptionContext"): EncryptionContext {
    // The older Node.js SDK flattens a map so. Overlooking it would leave a ciphertext unbound without a word.
    if (this.parameters.hasPrefix(`${parameter}.`)) {
      throw errors.invalidParameter(parameter, "must be one JSON string, not flattened");
    }
    return parseEncryptionContext(this.parameters.optional(parameter), parameter);
  }

  /** Opens the CiphertextBlob parameter. The caller clears the text. */
  openedBlob(contextParameter = "EncryptionContext"): OpenedBlob {
    const blob = parseBlob(this.parameters.required("CiphertextBlob"));
    const context = this.encryptionContext(contextParameter);
    const found = this.keys.byVersion(blob.keyVersionId);
    if (found === undefined) throw this.permittedToKnow(errors.keyNotFound());
    const key = usable(this.noted(found.key));
    return { key, version: found.version, text: openBlob(key, found.version, blob, context) };
  }

  /** Whether the caller may use the key; lists leave the others out. */
  permits(key: Key): boolean {
    return this.caller.permission.allows(key.keyId, "KeyId");
  }

  /** Tells the call log which key the call concerns, by the name it was given; refuses one that is not permitted. */
  noted(key: Key, parameter = "KeyId", name = ""): Key {
    this.caller.trace.keyId = key.keyId;
    if (this.caller.permission.allows(key.keyId, parameter)) return key;
    throw this.refusal(name);
  }

  /** The error that a key is absent: who may use some keys only does not learn which others there are. */
  private permittedToKnow(absence: unknown, parameter = "KeyId", name = ""): unknown {
    const { permission } = this.caller;
    const known = permission.allowsEvery(parameter) || permission.allows(this.keyIdIn(name) ?? "", parameter);
    return known ? absence : this.refusal(name);
  }

  /**
   * Names the key whose ID or ARN the caller gave, whether there is such a key or not. Behind an alias or a ciphertext
   * it names none: whether there is one, and which, would show.
   */
  private refusal(name: string): Error {
    return errors.noPermission(arn(this.location, `key/${this.keyIdIn(name) ?? "*"}`));
  }

  /** The ID that a name of a key holds as it is, or in its ARN. */
  private keyIdIn(name: string): string | undefined {
    const prefix = arn(this.location, "key/");
    const keyId = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return isKeyId(keyId) ? keyId : undefined;
  }
}
