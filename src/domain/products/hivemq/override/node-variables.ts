import type { ResolvedHost } from '../../../spec/resolved-host.js';

/** What a configuration of the user's own may name in place of what differs between nodes. */
export const nodeVariables = (
  host: Pick<ResolvedHost, 'name' | 'home' | 'address' | 'clusterAddress' | 'loopback'>,
): Readonly<Record<string, string>> => ({
  HIVEKEEPER_NODE: host.name,
  HIVEKEEPER_HOME: host.home,
  HIVEKEEPER_ADDRESS: host.address,
  HIVEKEEPER_CLUSTER_ADDRESS: host.clusterAddress,
  HIVEKEEPER_LOOPBACK: host.loopback,
});
