/**
 * Imported before anything else in Pulumi's provider process: httpx, the SDK's transport, reads DEBUG when it is loaded,
 * and `DEBUG=*` would print every request with its session token.
 */
delete process.env.DEBUG;
