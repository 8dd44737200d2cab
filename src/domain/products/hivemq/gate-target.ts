import { HivekeeperError } from '../../errors/index.js';
import { findHost } from '../../spec/resolved-host.js';
import type { GateTarget } from '../gate-listener.js';
import { isLoopback, isWildcard, type BindAddress } from './spec/bind-address.js';
import { type HivemqSpec, resolveBindAddress } from './spec/index.js';

/** HiveMQ user guide, "Health API": 200 once the node takes clients, 503 before and while it stops. */
const readinessPath = '/api/v1/health/readiness';

/** One node as a load balancer sees it. @throws HivekeeperError UnknownNode for a host that the spec does not have */
export function gateTarget(spec: HivemqSpec, name: string): GateTarget {
  const host = findHost(spec, name);
  if (!host) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
  const reached = (bind: BindAddress): string => (isWildcard(bind) ? host.address : resolveBindAddress(bind, host));
  const { enabled, bindAddress, port } = spec.healthApi;
  return {
    listeners: spec.listeners.map((one) => ({
      ...(one.name !== undefined && { name: one.name }),
      type: one.type,
      address: reached(one.bindAddress),
      port: one.port,
      tls: 'tls' in one,
      proxyProtocol: one.proxyProtocol,
      local: isLoopback(one.bindAddress),
      protocol: 'path' in one ? 'ws' : 'mqtt',
      ...('path' in one && { path: one.path }),
    })),
    readiness:
      enabled && !isLoopback(bindAddress) ? { address: reached(bindAddress), port, path: readinessPath } : null,
  };
}
