import { heartbeatTimes, resolveBindAddress, type HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';

/** How a lost node is noticed; what the spec leaves out of the heartbeat is the vendor's default of the transport. */
export function failureDetectionXml({ cluster }: HivemqSpec, host: ResolvedHost): XmlTree {
  const { heartbeat, tcpHealthCheck: check } = cluster.failureDetection;
  const { interval, timeout } = heartbeatTimes(cluster.transport.type, heartbeat);
  const external = check.externalAddress ?? host.external?.address;
  return {
    heartbeat: { enabled: heartbeat.enabled, interval, timeout },
    'tcp-health-check': {
      enabled: check.enabled,
      ...(check.bindAddress === undefined ? {} : { 'bind-address': resolveBindAddress(check.bindAddress, host) }),
      'bind-port': check.bindPort,
      ...(external === undefined ? {} : { 'external-address': external, 'external-port': check.externalPort }),
      'port-range': check.portRange,
    },
  };
}
