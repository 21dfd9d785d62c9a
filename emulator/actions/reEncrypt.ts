/** ReEncrypt: moves a ciphertext to another key, version or context; its plaintext never leaves (page "ReEncrypt"). */
import type { Call, OpenedBlob } from "../call";
import { sealBlob } from "../ciphertextBlob";
import { errors } from "../errors";
import { isKeyPair } from "../keys/keySpec";
import { textOfBytes } from "../plaintext";
import type { Action } from "./action";
import { algorithmFor, openedByPair } from "./keyPairCall";

export const reEncrypt: Action = {
  name: "ReEncrypt",
  cryptographic: true,
  run(call) {
    const destination = call.symmetricKey("DestinationKeyId");
    const context = call.encryptionContext("DestinationEncryptionContext");
    const { key, version, text } = openedSource(call);
    try {
      const CiphertextBlob = sealBlob(destination, text, context);
      // The page answers with the source here: what was opened, not what was made.
      return { KeyVersionId: version.keyVersionId, KeyId: key.keyId, CiphertextBlob };
    } finally {
      text.fill(0);
    }
  },
};

/** A symmetric ciphertext names its key version itself; one made with a public key needs all three parameters. */
function openedSource(call: Call): OpenedBlob {
  const { parameters } = call;
  const named = parameters.optional("SourceKeyId") === undefined ? undefined : call.namedKey("SourceKeyId");
  const ofPair = ["SourceKeyVersionId", "SourceEncryptionAlgorithm"].some((name) => parameters.optional(name));
  if (ofPair || (named !== undefined && isKeyPair(named.keySpec))) return openedByNamedPair(call);
  const opened = call.openedBlob("SourceEncryptionContext");
  if (named === undefined || named.keyId === opened.key.keyId) return opened;
  opened.text.fill(0);
  throw errors.invalidParameter("SourceKeyId", "is not the key of this ciphertext");
}

function openedByNamedPair(call: Call): OpenedBlob {
  const pair = call.keyPair("SourceKeyId", "SourceKeyVersionId");
  const algorithm = algorithmFor(call, pair.key, "SourceEncryptionAlgorithm");
  // A public key binds no context: taking one here would promise what nobody checks.
  if (call.encryptionContext("SourceEncryptionContext").length > 0) {
    throw errors.invalidParameter("SourceEncryptionContext", "belongs to symmetric ciphertexts only");
  }
  const plaintext = openedByPair(call, pair, algorithm);
  try {
    return { ...pair, text: textOfBytes(plaintext) };
  } finally {
    plaintext.fill(0);
  }
}
