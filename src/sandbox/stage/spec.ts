import path from 'node:path';
import type { Host } from '../hosts/index.js';

/** A broker distribution that the stage can run. */
export interface Distribution {
  /** Path of the package with `{version}` in place of the version. */
  readonly file: string;
  /** SHA-256 of the package, by version. */
  readonly sha256: Readonly<Record<string, string>>;
}

export interface SpecOptions {
  /** Name of the cluster. Default: demo */
  readonly name?: string;
  /** The version that the nodes shall run. */
  readonly version: string;
  readonly distribution: Distribution;
  /** Path of the recovery tool's archive. Default: the spec names none. */
  readonly recoveryTool?: string;
  /** Members of the cluster; further hosts are spare. Default: three, or as many as there are hosts. */
  readonly nodes?: number;
  /** Name of the command hook at the worker that drives the traffic gate. Default: the spec names none. */
  readonly gateHook?: string;
  /** Top-level keys of the spec that replace what stands here. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The hosts that a spec is written for. */
export interface SpecHosts {
  readonly hosts: readonly Host[];
  readonly nodes: readonly Host[];
  readonly gates: readonly Host[];
  readonly balancers: readonly Host[];
  readonly recovery: readonly Host[];
}

/** A cluster spec for the hosts of a stage, as plain data that YAML and JSON can hold. */
export function stageSpec(stage: SpecHosts, options: SpecOptions): Record<string, unknown> {
  const first = stage.hosts[0];
  if (first === undefined) throw new Error('A stage without hosts has no spec.');
  return {
    name: options.name ?? 'demo',
    broker: {
      product: 'hivemq',
      version: options.version,
      package: { file: options.distribution.file, sha256: options.distribution.sha256 },
      user: first.brokerUser,
      supervisor: 'process',
    },
    ssh: {
      user: first.user,
      port: first.sshPort,
      privateKey: { file: first.privateKeyFile },
      become: first.become,
    },
    hosts: [
      ...stage.nodes.map((host) => specHost(host, ['node'])),
      ...stage.gates.map((host) => specHost(host, ['load-balancer'])),
      ...stage.balancers.map((host) => ({ ...specHost(host, ['load-balancer']), home: balancerHome(host) })),
      ...stage.recovery.map((host) => specHost(host, ['recovery', 'scratch'])),
    ],
    nodes: options.nodes ?? Math.min(3, stage.nodes.length),
    cluster: {
      enabled: true,
      replicaCount: 2,
      transport: { type: 'tcp', bindPort: 7800 },
      discovery: { type: 'static' },
    },
    // All hosts share one machine, so each listens on its own address.
    listeners: [{ type: 'tcp', port: 1883, bindAddress: 'host' }],
    restApi: { enabled: true, port: 8888 },
    healthApi: { enabled: true, port: 8889 },
    ...loadBalancerOf(stage, options),
    ...(options.recoveryTool === undefined ? {} : { recovery: { tool: { file: options.recoveryTool } } }),
    ...options.overrides,
  };
}

/** Every host of a stage shares one machine, so its own address stands for its loopback as well. */
function specHost(host: Host, roles: readonly string[]): Record<string, unknown> {
  const { name, address, hostKeyFingerprint: hostKey, home } = host;
  return { name, address, hostKey, roles, home, loopback: address };
}

/** HAProxy runs as the log-in user, who may write in its own home only. */
const balancerHome = (host: Host): string => path.join(host.root, 'login', 'lb');

function loadBalancerOf(stage: SpecHosts, { gateHook }: SpecOptions): Record<string, unknown> {
  if (gateHook !== undefined) return { loadBalancer: { product: 'command', hook: gateHook } };
  if (stage.balancers.length === 0) return {};
  const frontends = [{ listener: 'tcp', port: 1883, bindAddress: 'host' }];
  return { loadBalancer: { product: 'haproxy', supervisor: 'process', maxConnections: 1000, frontends } };
}
