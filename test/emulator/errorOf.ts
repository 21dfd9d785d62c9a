/** How a call is refused. */
import { call, type Access, type Params } from "./clients";

/** HTTP status and code, as one value to compare. */
export async function errorOf(to: Access, action: string, params: Params = {}): Promise<[number, string]> {
  const { status, body } = await call(to, action, params);
  return [status, body.Code];
}
