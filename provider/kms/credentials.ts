/**
 * Whose calls they are: configuration, then `ALIBABA_CLOUD_*`, then the older `ALICLOUD_*`, then the default chain of
 * `@alicloud/credentials`. Read when a call is made and never kept in a resource.
 */
import CredentialChain from "@alicloud/credentials";
import { ConfigurationError, CredentialsError } from "../errors";
import type { Settings } from "../lifecycle";

/** An access key, with the token of its session where it is a temporary one. */
export interface AccessKey {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string | undefined;
}

/** Where an access key comes from. `source` can be shown; the key cannot. */
export interface Credentials {
  source: string;
  get(): Promise<AccessKey>;
}

/** Names of an access key's three parts in one place that can hold them. */
interface Family {
  read(settings: Settings, name: string): string | undefined;
  place: string;
  id: string;
  secret: string;
  token: string;
}

const fromConfig = (settings: Settings, name: string) => settings.config(name);
const fromEnv = (settings: Settings, name: string) => settings.env(name);

/** In the order in which they are asked. */
const FAMILIES: Family[] = [
  ...["alicloud-kms", "alicloud"].map((space) => ({
    read: fromConfig,
    place: "configuration",
    id: `${space}:accessKey`,
    secret: `${space}:secretKey`,
    token: `${space}:securityToken`,
  })),
  {
    read: fromEnv,
    place: "environment",
    id: "ALIBABA_CLOUD_ACCESS_KEY_ID",
    secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    token: "ALIBABA_CLOUD_SECURITY_TOKEN",
  },
  {
    read: fromEnv,
    place: "environment",
    id: "ALICLOUD_ACCESS_KEY",
    secret: "ALICLOUD_SECRET_KEY",
    token: "ALICLOUD_SECURITY_TOKEN",
  },
];

const CHAIN = "the default chain of the Alibaba Cloud SDK (OIDC, CLI profile, credentials file, ECS role, URI)";

/** One chain for the process: it renews temporary credentials by itself. */
let chain: CredentialChain | undefined;

/** Finds the credentials to use. Throws ConfigurationError where an access key is set by half. */
export function findCredentials(settings: Settings): Credentials {
  for (const family of FAMILIES) {
    const accessKeyId = family.read(settings, family.id);
    const accessKeySecret = family.read(settings, family.secret);
    if (accessKeyId === undefined && accessKeySecret === undefined) continue;
    if (accessKeyId === undefined || accessKeySecret === undefined) {
      const [given, missing] = accessKeyId === undefined ? [family.secret, family.id] : [family.id, family.secret];
      throw new ConfigurationError(
        `${given} is set in the ${family.place}, but ${missing} is not: set both or neither`,
      );
    }
    const securityToken = family.read(settings, family.token);
    return {
      source: `${family.place} ${family.id}`,
      get: () => Promise.resolve({ accessKeyId, accessKeySecret, securityToken }),
    };
  }
  return { source: CHAIN, get: askChain };
}

async function askChain(): Promise<AccessKey> {
  chain ??= new CredentialChain();
  try {
    const { accessKeyId, accessKeySecret, securityToken } = await chain.getCredential();
    if (accessKeyId && accessKeySecret) return { accessKeyId, accessKeySecret, securityToken };
  } catch {
    // The chain's own messages can hold whole credential files; and a chain that failed stays stuck on its last source.
  }
  chain = undefined;
  const tried = FAMILIES.map(({ place, id, secret }) => `${place} ${id} and ${secret}`);
  throw new CredentialsError(`no credentials were found. Tried, in this order: ${[...tried, CHAIN].join("; ")}`);
}
