/** The state of the KMS key under a data key, as a refresh reports it. Asking never changes or drops anything. */
import { ProviderError, ServiceError } from "../errors";
import { connectKms } from "../kms/connectKms";
import { resolveTarget } from "../kms/connection";
import type { Host } from "../lifecycle";
import { otherWorld, type ConnectionInputs } from "./connectionField";

/** KMS's own key states, `NotFound`, and `Unknown` where KMS could not be asked. */
export type KeyState =
  "Enabled" | "Disabled" | "PendingDeletion" | "PendingImport" | "Unavailable" | "NotFound" | "Unknown";

const KMS_STATES: readonly string[] = ["Enabled", "Disabled", "PendingDeletion", "PendingImport", "Unavailable"];

/** Asks for the state, and warns where data under the key cannot be opened now, or nobody can tell. */
export async function readKeyState(host: Host, state: ConnectionInputs, keyId: string): Promise<KeyState> {
  const { keyState, why } = await ask(host, state, keyId);
  if (keyState !== "Enabled") {
    host.warn(`The KMS key ${keyId} under a data key is in state ${keyState}${why}. The ciphertext was kept as it is.`);
  }
  return keyState;
}

async function ask(
  host: Host,
  { connection, emulated }: ConnectionInputs,
  keyId: string,
): Promise<{ keyState: KeyState; why: string }> {
  try {
    const target = resolveTarget(connection ?? {}, host.settings);
    const reason = otherWorld(emulated, target.emulated);
    if (reason !== undefined) return { keyState: "Unknown", why: ` (connection ${reason})` };
    const { keyState } = await connectKms(target, host.settings, host.signal).describeKey({ keyId });
    return { keyState: KMS_STATES.includes(keyState) ? (keyState as KeyState) : "Unknown", why: "" };
  } catch (error) {
    if (error instanceof ServiceError && error.code === "Forbidden.KeyNotFound")
      return { keyState: "NotFound", why: "" };
    if (error instanceof ProviderError) return { keyState: "Unknown", why: ` (${error.message})` };
    throw error;
  }
}
