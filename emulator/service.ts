/**
 * What happens to a call: parse, authenticate, permit, throttle, run. Knows nothing of sockets.
 * An unknown action is refused only after its signature: strangers learn nothing.
 */
import type { AccessKeys } from "./accessKeys";
import { actions } from "./actions";
import type { Action, Answer } from "./actions/action";
import { authenticate, claimedAction } from "./authenticate";
import { Call, type Caller, type Trace } from "./call";
import { errors } from "./errors";
import { answerDryRun } from "./dryRun";
import { isOffered } from "./gateway";
import type { KeyStore } from "./keys/keyStore";
import { arn, type Location } from "./keys/resourceName";
import type { Nonces } from "./nonces";
import { Parameters } from "./parameters";
import { Permission } from "./permissions";
import { parseRequest, type HttpRequest } from "./request";
import type { AccountBuckets } from "./tokenBucket";

/** What the calls work on. */
export interface ServiceState {
  readonly location: Location;
  readonly accessKeys: AccessKeys;
  readonly nonces: Nonces;
  readonly keys: KeyStore;
  /** The calls come in over the gateway of a KMS instance. */
  readonly dedicated: boolean;
  readonly cryptographicCalls: AccountBuckets;
}

/** Answers calls; an error is thrown as ApiError. */
export class Service {
  constructor(private readonly state: ServiceState) {}

  /** Runs one call, and notes in the trace what the log may tell of it. */
  async answer(http: HttpRequest, trace: Trace): Promise<Answer> {
    const request = parseRequest(http);
    trace.action = actions.get(claimedAction(request) ?? "")?.name ?? null;
    const { accessKeys, nonces, dedicated, cryptographicCalls } = this.state;
    const { accessKey, action: actionName } = authenticate(request, { accessKeys, nonces, nowMs: Date.now() });
    trace.accessKeyId = accessKey.id;
    const action = actions.get(actionName);
    if (action === undefined || !isOffered(action, dedicated)) throw errors.unsupportedOperation();
    const { account = this.state.location.account, allow } = accessKey;
    if (action.cryptographic && !cryptographicCalls.take(account)) throw errors.throttled();
    const parameters = new Parameters(request.parameters);
    const run = () => this.run(action, parameters, { trace, account, permission: new Permission(allow, action.name) });
    return action.cryptographic ? answerDryRun(parameters, run) : run();
  }

  private async run(action: Action, parameters: Parameters, caller: Caller): Promise<Answer> {
    const { keys, location } = this.state;
    // Before the parameters are looked at: whether a key exists stays unknown.
    const forOthers = action.cryptographic || action.name === "DescribeKey";
    const refused = !caller.permission.allowsAny() || (caller.account !== location.account && !forOthers);
    if (refused) throw errors.noPermission(arn(location, "key/*"));
    if (!/^(?:json|xml)?$/i.test(parameters.optional("Format") ?? "")) {
      throw errors.invalidParameter("Format", "must be JSON or XML");
    }
    return action.run(new Call(parameters, keys, location, caller));
  }
}
