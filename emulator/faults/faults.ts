/** The faults that still wait for their calls, and how a call meets one. */
import { setTimeout as sleep } from "node:timers/promises";
import { claimedAction } from "../authenticate";
import type { Trace } from "../call";
import { ApiError } from "../errors";
import { failure, type Outcome } from "../outcome";
import { parseRequest, type HttpRequest } from "../request";
import { faultsOf, type Check } from "../shape";
import { faultOrderCheck, type Fault, type FaultOrder } from "./fault";

/** First ordered, first met. */
export class Faults {
  private orders: FaultOrder[] = [];
  private readonly closed = new AbortController();
  private readonly check: Check;

  constructor(actionNames: readonly string[]) {
    this.check = faultOrderCheck(actionNames);
  }

  /** Takes an order, or tells all that is wrong with it. */
  add(order: unknown): string[] {
    const faults = faultsOf(this.check, order, "order");
    if (faults.length === 0) this.orders.push(structuredClone(order as FaultOrder));
    return faults;
  }

  /** What is left. */
  list(): FaultOrder[] {
    return structuredClone(this.orders);
  }

  /** Forgets all. */
  clear(): void {
    this.orders = [];
  }

  /** Ends the delays under way: what they held up is not carried out. */
  close(): void {
    this.closed.abort();
  }

  /** Makes the call, unless a fault that was ordered for its action comes in between. */
  async meet(http: HttpRequest, trace: Trace, call: () => Promise<Outcome>): Promise<Outcome> {
    if (this.orders.length === 0) return call();
    const action = actionOf(http);
    const fault = action === undefined ? undefined : this.take(action);
    if (action === undefined || fault === undefined) return call();
    trace.action = action;
    const met = Object.entries(fault)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
    return { ...(await this.carryOut(fault, call)), fault: met };
  }

  private take(action: string): Fault | undefined {
    const order = this.orders.find((each) => each.action === action);
    if (order === undefined) return undefined;
    order.times -= 1;
    this.orders = this.orders.filter(({ times }) => times > 0);
    return order.fault;
  }

  private async carryOut(fault: Fault, call: () => Promise<Outcome>): Promise<Outcome> {
    if ("code" in fault) {
      return failure(new ApiError(fault.status, fault.code, fault.message ?? "A fault that was asked for."));
    }
    if ("status" in fault) return { status: fault.status, code: null };
    if ("redirect" in fault) return { status: 302, code: null, location: new URL(fault.redirect).href };
    if ("body" in fault) return { ...(await call()), damage: fault.body };
    if ("delayMs" in fault) return (await this.delay(fault.delayMs)) ? call() : cutOff;
    return fault.reset === "before" ? cutOff : { ...(await call()), damage: "cut off" };
  }

  /** False where the emulator ends before. */
  private delay(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.closed.signal }).catch(() => false);
  }
}

const cutOff: Outcome = { status: 0, code: null, damage: "cut off" };

function actionOf(http: HttpRequest): string | undefined {
  try {
    return claimedAction(parseRequest(http));
  } catch {
    return undefined;
  }
}
