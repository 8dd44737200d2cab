import { HivekeeperError } from '../../errors/index.js';
import { findHost } from '../../spec/resolved-host.js';
import type { BrokerProduct } from '../product.js';
import { asHivemqSpec, boundPorts, resolveBindAddress, transportEndpoint } from './spec/index.js';
import { isWildcard } from './spec/bind-address.js';
import { upgradePath } from './versions.js';

/** HiveMQ 4 as the planners see it. */
export const hivemq: BrokerProduct = {
  name: 'hivemq',
  // HiveMQ's run script asks for Java 11 or newer.
  minimumJava: 11,
  // Every connection takes a descriptor; below this not even a small fleet fits.
  minimumOpenFiles: 1024,
  replicaCount: (spec) => asHivemqSpec(spec).cluster.replicaCount,
  ports: (commonSpec, name) => {
    const spec = asHivemqSpec(commonSpec);
    const host = findHost(spec, name);
    if (!host) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
    const listener = spec.listeners[0];
    const bind = listener ? resolveBindAddress(listener.bindAddress, host) : host.address;
    return {
      backend: `${isWildcard(bind) ? host.address : bind}:${listener?.port ?? 1883}`,
      bound: boundPorts(spec, host).map(({ address, port }) => ({ address, port })),
      transport: spec.cluster.enabled ? transportEndpoint(spec, host) : null,
    };
  },
  upgradeProblem: (from, to, running) => {
    const path = upgradePath(from, to, running);
    return path.ok ? null : path.reason;
  },
  packageName: (version) => `hivemq-${version}`,
  // Name and parameters: HiveMQ user guide, "HiveMQ Recovery Tool".
  recoveryProgram: 'bin/hivemq-recovery-tool',
  recoveryArguments: (folders, exported) => [...folders.flatMap((folder) => ['-i', folder]), '-e', exported],
  // The vendor does not document the output; a summary that names a number of sessions is taken at its word.
  recoveredSessions: (output) => {
    const match = /(\d+) sessions/i.exec(output);
    return match?.[1] === undefined ? null : Number(match[1]);
  },
};
