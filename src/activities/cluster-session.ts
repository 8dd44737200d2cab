import type { BrokerDriver, DrivenNode, HostTarget, Peer, RemoteHost } from '../adapters/ports/index.js';
import { HivekeeperError } from '../domain/errors/index.js';
import { type BrokerProduct, productOf } from '../domain/products/index.js';
import { memberNames, type RecordState } from '../domain/record/index.js';
import { type ClusterSpec, findHost, nodeHosts, type ResolvedHost } from '../domain/spec/index.js';
import type { Dependencies } from './dependencies.js';

/** One cluster as an activity works on it: its spec, its record, and its hosts within reach. */
export class ClusterSession {
  readonly product: BrokerProduct;
  readonly driver: BrokerDriver;
  readonly members: readonly string[];

  constructor(
    readonly dependencies: Dependencies,
    readonly spec: ClusterSpec,
    readonly record: RecordState,
  ) {
    this.product = productOf(spec);
    this.driver = dependencies.driver(spec);
    this.members = memberNames(record);
  }

  /** @throws HivekeeperError UnknownNode */
  resolved(name: string): ResolvedHost {
    const host = findHost(this.spec, name);
    if (host) return host;
    throw new HivekeeperError('UnknownNode', `${this.spec.name}: the spec has no host ${name}`);
  }

  /** @throws HivekeeperError HostUnreachable, HostKeyMismatch, AuthenticationFailed */
  connect(name: string, signal?: AbortSignal): Promise<RemoteHost> {
    return this.dependencies.hosts.connect(targetOf(this.resolved(name)), signal);
  }

  /** Hosts that are, were or may become members. */
  nodeHosts(): string[] {
    return nodeHosts(this.spec).map((host) => host.name);
  }

  isNodeHost(name: string): boolean {
    return this.resolved(name).roles.includes('node');
  }

  /** A node for the driver, with the members that can be asked. */
  async driven(name: string, members: readonly string[] = this.members, signal?: AbortSignal): Promise<DrivenNode> {
    const [host, peers] = await Promise.all([this.connect(name, signal), this.peers(name, members, signal)]);
    return { spec: this.spec, host, name, members, peers };
  }

  private async peers(name: string, members: readonly string[], signal?: AbortSignal): Promise<Peer[]> {
    const others = members.filter((member) => member !== name);
    const connected = await Promise.allSettled(others.map((other) => this.connect(other, signal)));
    return others.flatMap((other, index) => {
      const result = connected[index];
      return result?.status === 'fulfilled' ? [{ name: other, host: result.value }] : [];
    });
  }
}

/** How a host is reached, as the pool takes it. */
export function targetOf(host: ResolvedHost): HostTarget {
  const { name, address, hostKeys, ssh } = host;
  const { port, user, privateKeyFile, become } = ssh;
  return { name, address, port, user, privateKeyFile, hostKeys, become };
}
