import { HivekeeperError } from '../../../domain/errors/index.js';
import {
  asHivemqSpec,
  healthEndpoint,
  listenerEndpoint,
  restEndpoint,
  type Endpoint,
} from '../../../domain/products/hivemq/spec/index.js';
import { findHost } from '../../../domain/spec/index.js';
import type { ClusterSpec } from '../../../domain/spec/index.js';
import type { DrivenNode, RemoteHost, SupervisedNode, Supervisor } from '../../ports/index.js';
import type { Clock } from './clock.js';

/** What the driver needs besides the node itself. */
export interface HivemqDependencies {
  supervisor(spec: ClusterSpec): Supervisor;
  /** Headers of REST API calls, e.g. Authorization; default none. */
  restHeaders?(spec: ClusterSpec): Promise<Readonly<Record<string, string>>>;
  readonly clock: Clock;
}

/** One member as the calls of this driver use it. */
export interface Member {
  readonly name: string;
  readonly host: RemoteHost;
  readonly supervised: SupervisedNode;
  readonly health: Endpoint | null;
  readonly rest: Endpoint | null;
  /** MQTT listeners of a node without a cluster and without a health API, by which alone it is seen to serve; else null. */
  readonly seenBy: readonly Endpoint[] | null;
}

/** A member with its place on its host, all from the spec. @throws UnknownNode */
export function memberOf(spec: ClusterSpec, name: string, host: RemoteHost): Member {
  const resolved = findHost(spec, name);
  if (!resolved) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
  const hivemq = asHivemqSpec(spec);
  return {
    name,
    host,
    supervised: { host, cluster: spec.name, home: resolved.home, user: spec.broker.user },
    health: healthEndpoint(hivemq, resolved),
    rest: restEndpoint(hivemq, resolved),
    seenBy:
      hivemq.cluster.enabled || hivemq.healthApi.enabled
        ? null
        : hivemq.listeners.map((listener) => listenerEndpoint(listener, resolved)),
  };
}

/** The node itself and the other members that can be asked. */
export function membersOf(node: DrivenNode): { self: Member; peers: Member[] } {
  return {
    self: memberOf(node.spec, node.name, node.host),
    peers: node.peers.map(({ name, host }) => memberOf(node.spec, name, host)),
  };
}
