import { HivekeeperError } from '../domain/errors/index.js';
import type { ClusterSpec, HostSpec } from '../domain/spec/index.js';

/**
 * The hosts that a node's files speak of: the node itself, and the other members.
 * @throws HivekeeperError UnknownNode for a name that the spec does not have.
 */
export function memberHosts(
  spec: ClusterSpec,
  members: readonly string[],
  name: string,
): { readonly host: HostSpec; readonly others: readonly HostSpec[] } {
  const byName = new Map(spec.hosts.map((host) => [host.name, host]));
  const find = (wanted: string): HostSpec => {
    const found = byName.get(wanted);
    if (found) return found;
    throw new HivekeeperError('UnknownNode', `${spec.name}: no host of the spec is named ${wanted}`);
  };
  const others = [...new Set(members)].filter((member) => member !== name).sort();
  return { host: find(name), others: others.map(find) };
}
