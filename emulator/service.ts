/**
 * What happens to a call: parse, authenticate, permit, throttle, run. Knows nothing of sockets.
 * An unknown action is refused only after its signature: strangers learn nothing.
 */
import { permits, type AccessKeys } from "./accessKeys";
import { actions } from "./actions";
import type { Action, Answer } from "./actions/action";
import { authenticate, claimedAction } from "./authenticate";
import { Call, type Trace } from "./call";
import { errors } from "./errors";
import { answerDryRun } from "./dryRun";
import type { KeyStore } from "./keys/keyStore";
import { arn, type Location } from "./keys/resourceName";
import { Parameters } from "./parameters";
import { parseRequest, type HttpRequest } from "./request";
import type { TokenBucket } from "./tokenBucket";

/** What the calls work on. */
export interface ServiceState {
  readonly location: Location;
  readonly accessKeys: AccessKeys;
  readonly keys: KeyStore;
  readonly cryptographicCalls: TokenBucket;
}

/** Answers calls; an error is thrown as ApiError. */
export class Service {
  constructor(private readonly state: ServiceState) {}

  /** Runs one call, and notes in the trace what the log may tell of it. */
  async answer(http: HttpRequest, trace: Trace): Promise<Answer> {
    const request = parseRequest(http);
    trace.action = actions.get(claimedAction(request) ?? "")?.name ?? null;
    const { accessKey, action: actionName } = authenticate(request, this.state.accessKeys, Date.now());
    trace.accessKeyId = accessKey.id;
    const action = actions.get(actionName);
    if (action === undefined) throw errors.unsupportedOperation();
    if (action.cryptographic && !this.state.cryptographicCalls.take()) throw errors.throttled();
    const parameters = new Parameters(request.parameters);
    const run = () => this.run(action, parameters, trace, permits(accessKey, action.name));
    return action.cryptographic ? answerDryRun(parameters, run) : run();
  }

  private async run(action: Action, parameters: Parameters, trace: Trace, permitted: boolean): Promise<Answer> {
    const format = parameters.optional("Format");
    if (format !== undefined && format.toUpperCase() !== "JSON") {
      throw errors.invalidParameter("Format", "this emulator answers JSON only");
    }
    if (!permitted) throw errors.noPermission(arn(this.state.location, "key/*"));
    return action.run(new Call(parameters, this.state.keys, this.state.location, trace));
  }
}
