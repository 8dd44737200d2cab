import { hivemq } from '../../../src/domain/products/hivemq/product.js';
import { type ClusterSpec, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { exampleSpec } from '../spec/example.js';

export const product = hivemq;
export const versions = ['4.30.0', '4.31.0', '4.32.1'] as const;

export interface SpecOptions {
  /** Host names with the role node, in the order of the file. */
  readonly hosts: readonly string[];
  readonly nodes: number;
  readonly version?: string;
  readonly replicaCount?: number;
  readonly maxUnavailable?: number;
  readonly gate?: boolean;
  readonly fencing?: boolean;
  readonly drain?: 'before-stop' | 'after-stop' | 'none';
  readonly onTimeout?: 'fail' | 'stop-anyway' | 'wait';
  readonly allowDecommission?: boolean;
  readonly windows?: readonly { cron: string; timeZone?: string; duration: string }[];
  readonly shield?: 'load-balancer' | 'firewall' | 'none';
  /** Keys of the cluster and of the policy beside those above, and top-level ones, as in a file. */
  readonly cluster?: object;
  readonly policy?: object;
  readonly more?: object;
}

/** A parsed spec, by way of the same reading as a file. */
export function specWith(options: SpecOptions): ClusterSpec {
  const example = exampleSpec();
  const { loadBalancer, ...rest } = example;
  const addresses = new Map([...options.hosts].sort().map((name, index) => [name, `10.0.1.${index + 1}`]));
  const read = parseClusterSpec({
    ...rest,
    ...(options.gate !== false && { loadBalancer }),
    broker: {
      ...example.broker,
      version: options.version ?? versions[0],
      package: {
        ...example.broker.package,
        sha256: Object.fromEntries(versions.map((version) => [version, 'ab'.repeat(32)])),
      },
    },
    hosts: [
      ...options.hosts.map((name) => ({
        name,
        address: addresses.get(name),
        hostKey: `SHA256:${'A'.repeat(43)}`,
      })),
      { name: 'rec1', address: '10.0.9.1', hostKey: `SHA256:${'B'.repeat(43)}`, roles: ['recovery'] },
    ],
    nodes: options.nodes,
    ...(options.fencing === true && { fencing: { hook: 'power' } }),
    cluster: { ...example.cluster, replicaCount: options.replicaCount ?? 2, ...options.cluster },
    policy: {
      ...example.policy,
      ...options.policy,
      allowDecommission: options.allowDecommission ?? true,
      maxUnavailable: options.maxUnavailable ?? 1,
      maintenanceWindows: options.windows ?? [],
      drain: {
        ...example.policy.drain,
        order: options.drain ?? 'before-stop',
        onTimeout: options.onTimeout ?? 'fail',
        ...(options.shield && { shield: options.shield }),
      },
    },
    ...options.more,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
}
