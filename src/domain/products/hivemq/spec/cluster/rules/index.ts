import type { z } from 'zod';
import type { HivemqSpec } from '../../part.js';
import { heartbeatTimes } from '../failure-detection.js';
import { compatibility, dns, extensionPresent, oneSource, someExtension } from './discovery.js';
import { issueIf, type ClusterRule } from './rule.js';
import { s3 } from './s3.js';
import { bindAddresses, externalAddresses, transportStores } from './transport.js';

/** With one replica data is out of reach during any restart, whatever is said here, so one node may be down then, too. */
const replicas: ClusterRule = ({ cluster: { replicaCount }, policy }) =>
  issueIf(
    policy.maxUnavailable >= Math.max(2, replicaCount),
    ['policy', 'maxUnavailable'],
    `must be below cluster.replicaCount, which is ${replicaCount}: else data may be out of reach`,
  );

const heartbeat: ClusterRule = ({ cluster: { transport, failureDetection } }) => {
  const { interval, timeout } = heartbeatTimes(transport.type, failureDetection.heartbeat);
  return issueIf(
    timeout <= interval,
    ['cluster', 'failureDetection', 'heartbeat', 'timeout'],
    `must be longer than the interval of ${interval} ms: three intervals, ${interval * 3}, are usual`,
  );
};

const rules: readonly ClusterRule[] = [
  replicas,
  heartbeat,
  compatibility,
  extensionPresent,
  someExtension,
  oneSource,
  dns,
  s3,
  bindAddresses,
  externalAddresses,
  transportStores,
];

/** The rules that tie the keys of `cluster` together and to the rest of the spec; none where clustering is off. */
export function checkCluster(spec: HivemqSpec, context: z.core.$RefinementCtx): void {
  if (!spec.cluster.enabled) return;
  for (const { path, message } of rules.flatMap((rule) => rule(spec))) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}
