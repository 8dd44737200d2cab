import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { discoveryXml } from './discovery-xml.js';
import { failureDetectionXml } from './failure-detection-xml.js';
import { transportXml } from './transport-xml.js';

/**
 * The cluster element of one node. Names of elements and defaults: HiveMQ user guide, "HiveMQ Clusters", tables 1 to 10.
 * @param members every member in the order of the discovery list, the node itself included.
 */
export function clusterXml(spec: HivemqSpec, members: readonly ResolvedHost[], host: ResolvedHost): XmlTree {
  const { enabled, replicaCount } = spec.cluster;
  if (!enabled) return { enabled };
  return {
    enabled,
    transport: transportXml(spec, host),
    discovery: discoveryXml(spec, members),
    replication: { 'replica-count': replicaCount },
    'failure-detection': failureDetectionXml(spec, host),
  };
}
