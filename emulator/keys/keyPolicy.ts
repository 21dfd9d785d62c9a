/** Key policies (page "SetKeyPolicy"): kept as they are given, and obeyed by nobody. */

/** The longest policy, in bytes. */
const mostBytes = 32_768;

/** What is wrong with the text of a policy; undefined where nothing is. */
export function keyPolicyFault(text: string): string | undefined {
  if (Buffer.byteLength(text) > mostBytes) return `longer than ${mostBytes} bytes`;
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return "must be JSON";
  }
  const { Version, Statement } = (policy ?? {}) as { Version?: unknown; Statement?: unknown };
  if (Version !== "1") return 'Version must be "1"';
  if (!Array.isArray(Statement) || Statement.length === 0) return "Statement must be a list that is not empty";
  return undefined;
}

/** The policy of a key that was given none: the account may do everything. */
export const defaultKeyPolicy = (account: string): string =>
  JSON.stringify({
    Statement: [
      {
        Action: ["kms:*"],
        Effect: "Allow",
        Principal: { RAM: [`acs:ram::${account}:*`] },
        Resource: ["*"],
        Sid: "kms default key policy",
      },
    ],
    Version: "1",
  });
