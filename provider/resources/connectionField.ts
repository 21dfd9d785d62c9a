/** The `connection` that every resource has, and the two things that check derives from it: region and emulation. */
import { ConfigurationError } from "../errors";
import { checkFields, type Field } from "../fields";
import { configuredRate } from "../kms/connectKms";
import {
  CONNECTION_FAULTS,
  configuredRegion,
  environmentRegion,
  NO_REGION,
  resolveTarget,
  type Connection,
} from "../kms/connection";
import { UNKNOWN, type CheckFailure, type CheckRequest, type Effect, type Host, type Inputs } from "../lifecycle";

/** Inputs about where KMS is, as check leaves them. */
export interface ConnectionInputs {
  connection?: Connection | undefined;
  /** Made on an emulator (a gateway on loopback): such keys open nowhere else. Filled in by check. */
  emulated?: boolean | undefined;
}

/** The fields of `ConnectionInputs`; what a change of region does differs from resource to resource. */
export function connectionFields(regionEffect: Effect): Record<string, Field> {
  return {
    connection: {
      type: "object",
      effect: regionEffect,
      fields: {
        region: { type: "string", effect: regionEffect, fault: CONNECTION_FAULTS.region },
        network: { type: "string", effect: "updates", fault: CONNECTION_FAULTS.network },
        kmsInstanceId: { type: "string", effect: "updates", fault: CONNECTION_FAULTS.kmsInstanceId },
        endpoint: { type: "string", effect: "updates", fault: CONNECTION_FAULTS.endpoint },
        caCertificate: { type: "string", effect: "updates", fault: CONNECTION_FAULTS.caCertificate },
      },
    },
    emulated: { type: "boolean", effect: "updates", filledByCheck: true },
  };
}

/**
 * Fills in region and emulation. A region that nothing but the environment names gives way to the one of the last `up`:
 * another machine's environment must not move a stack.
 */
export function fillConnection(
  host: Host,
  { oldInputs, inputs }: CheckRequest,
): { filled: Inputs; failures: CheckFailure[] } {
  const given = inputs.connection ?? {};
  if (given === UNKNOWN) return { filled: { connection: UNKNOWN, emulated: UNKNOWN }, failures: [] };
  if (checkFields(connectionFields("updates"), { connection: given }).length > 0) return { filled: {}, failures: [] };
  const before = oldInputs as ConnectionInputs | undefined;
  const own = given as Connection;
  const region =
    own.region ?? configuredRegion(host.settings) ?? before?.connection?.region ?? environmentRegion(host.settings);
  if (region === undefined) return { filled: {}, failures: [{ property: "connection.region", reason: NO_REGION }] };
  const connection = { ...own, region };
  if (connection.endpoint === UNKNOWN) return { filled: { connection, emulated: UNKNOWN }, failures: [] };
  try {
    const { emulated } = resolveTarget(connection, host.settings);
    configuredRate(host.settings);
    const reason = otherWorld(before?.emulated, emulated);
    const failures = reason === undefined ? [] : [{ property: "connection", reason }];
    return { filled: { connection, emulated }, failures };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { filled: {}, failures: [{ property: "connection", reason: `cannot be used: ${error.message}` }] };
  }
}

/** Why a stack made in one world is not carried on in the other; nothing where it is the same one. */
export function otherWorld(before: boolean | undefined, now: boolean | undefined): string | undefined {
  if (before === undefined || now === undefined || before === now) return undefined;
  return before
    ? "leads to the real KMS, but this resource was made on an emulator, whose keys do not exist there: use another stack"
    : "leads to an emulator, but this resource was made on the real KMS, whose keys do not exist there: use another stack";
}
