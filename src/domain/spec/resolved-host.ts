import type { ClusterSpec } from './common.js';
import type { HostRole, HostSpec } from './host.js';

/** A host with everything that it takes over from the cluster filled in. */
export interface ResolvedHost {
  readonly name: string;
  readonly address: string;
  /** Address at which the other nodes reach this one. */
  readonly clusterAddress: string;
  /** Where the other nodes reach it through address translation, when there is any. */
  readonly external: { readonly address: string; readonly port: number | undefined } | null;
  readonly hostKeys: readonly string[];
  readonly roles: readonly HostRole[];
  readonly home: string;
  readonly loopback: string;
  readonly ssh: {
    readonly user: string;
    readonly port: number;
    readonly privateKeyFile: string;
    readonly become: 'sudo' | 'none';
  };
}

/** Fills in what a host of this spec leaves to the defaults of its cluster. */
export function resolveHost(spec: Pick<ClusterSpec, 'broker' | 'ssh'>, host: HostSpec): ResolvedHost {
  return {
    name: host.name,
    address: host.address,
    clusterAddress: host.clusterAddress ?? host.address,
    external: host.externalAddress === undefined ? null : { address: host.externalAddress, port: host.externalPort },
    hostKeys: host.hostKey,
    roles: host.roles,
    home: host.home ?? spec.broker.home,
    loopback: host.loopback,
    ssh: {
      user: host.ssh?.user ?? spec.ssh.user,
      port: host.ssh?.port ?? spec.ssh.port,
      privateKeyFile: (host.ssh?.privateKey ?? spec.ssh.privateKey).file,
      become: host.ssh?.become ?? spec.ssh.become,
    },
  };
}

/** The host of this name, filled in; undefined where the spec has none. */
export function findHost(spec: ClusterSpec, name: string): ResolvedHost | undefined {
  const host = spec.hosts.find((one) => one.name === name);
  return host && resolveHost(spec, host);
}

/** The hosts that may become members, in the order of the spec. */
export function nodeHosts(spec: Pick<ClusterSpec, 'hosts'>): HostSpec[] {
  return spec.hosts.filter((host) => host.roles.includes('node'));
}
