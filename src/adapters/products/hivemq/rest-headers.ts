import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ClusterSpec } from '../../../domain/spec/index.js';
import type { SecretResolver } from '../../secrets/index.js';

/** The Authorization header of REST API calls, from the secret that the spec refers to; none where it names none. */
export function restHeaders(secrets: SecretResolver) {
  return async (spec: ClusterSpec): Promise<Record<string, string>> => {
    const { auth } = asHivemqSpec(spec).restApi;
    return auth ? { authorization: await secrets.resolve(auth.header) } : {};
  };
}
