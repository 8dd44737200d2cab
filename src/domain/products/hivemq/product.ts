import { HivekeeperError } from '../../errors/index.js';
import { findHost } from '../../spec/resolved-host.js';
import type { BrokerProduct } from '../product.js';
import { hivemqAdditions } from './additions/index.js';
import { overrideProblems } from './override/index.js';
import { certificateOf } from './certificate.js';
import { hivemqChanges } from './changes.js';
import { extensionProblems, extensionVersion, extensionXmlPath } from './extension-xml.js';
import { clientEndpoints, clientPorts, metricsEndpoints } from './endpoints.js';
import { gateTarget } from './gate-target.js';
import { credentialsRefusal } from './file-rbac/index.js';
import { issuedStores, withKeyMaterial } from './key-material.js';
import { discoveryNeeds, keepsPersistentData } from './discovery.js';
import {
  asHivemqSpec,
  boundPorts,
  choosePorts,
  hasOpenPorts,
  keepPorts,
  resolveBindAddress,
  transportEndpoint,
} from './spec/index.js';
import { isWildcard } from './spec/bind-address.js';
import { licenseWarnings } from './plan-warnings.js';
import { hivemqUsers } from './users/index.js';
import { extensionVersionProblems, unprovenExtensions } from './extension-versions.js';
import { guidesPage, releasesCrossed } from './releases.js';
import { upgradePath } from './versions.js';

/** HiveMQ 4 as the planners see it. */
export const hivemq: BrokerProduct = {
  name: 'hivemq',
  // HiveMQ's run script asks for Java 11 or newer.
  minimumJava: 11,
  // Every connection takes a descriptor; below this not even a small fleet fits.
  minimumOpenFiles: 1024,
  contentToJudge: (common) => {
    const spec = asHivemqSpec(common);
    const { configOverride, users } = spec;
    const { credentials, passwordType } = users;
    return [
      ...(configOverride
        ? [{ key: 'configOverride', content: configOverride, problems: (text: string) => overrideProblems(spec, text) }]
        : []),
      ...(credentials
        ? [
            {
              key: 'users.credentials',
              content: credentials,
              problems: (text: string) => credentialsRefusal(text, passwordType),
            },
          ]
        : []),
    ];
  },
  warnings: (spec, nodes) => licenseWarnings(asHivemqSpec(spec), nodes),
  extensionDescription: { path: extensionXmlPath, problems: extensionProblems, version: extensionVersion },
  additions: hivemqAdditions,
  users: hivemqUsers,
  changes: hivemqChanges,
  withLogLevel: (spec, level) => ({ ...asHivemqSpec(spec), logLevel: level }),
  clientEndpoints: (spec, members) => clientEndpoints(asHivemqSpec(spec), members),
  clientPorts: (spec, host) => clientPorts(asHivemqSpec(spec), host),
  metricsEndpoints: (spec, members) => metricsEndpoints(asHivemqSpec(spec), members),
  certificateValidity: (spec) => asHivemqSpec(spec).tls.validity,
  issuedStores: (spec) => issuedStores(asHivemqSpec(spec)),
  withKeyMaterial: (spec, listener, given) => withKeyMaterial(asHivemqSpec(spec), listener, given),
  certificate: (spec, host) => certificateOf(asHivemqSpec(spec), host),
  replicaCount: (spec) => asHivemqSpec(spec).cluster.replicaCount,
  clustered: (spec) => asHivemqSpec(spec).cluster.enabled,
  keepsPersistentData: (spec) => keepsPersistentData(asHivemqSpec(spec)),
  membersInFiles: (common) => {
    const { cluster, broker } = asHivemqSpec(common);
    return cluster.enabled && (cluster.discovery.type === 'static' || broker.supervisor === 'systemd');
  },
  transportProtocol: (spec) => asHivemqSpec(spec).cluster.transport.type,
  discovery: (spec) => discoveryNeeds(asHivemqSpec(spec)),
  hasOpenPorts: (spec) => hasOpenPorts(asHivemqSpec(spec)),
  keepPorts: (spec, recorded) => keepPorts(asHivemqSpec(spec), asHivemqSpec(recorded)),
  choosePorts: (spec, recorded, taken) =>
    choosePorts(asHivemqSpec(spec), recorded === null ? null : asHivemqSpec(recorded), taken),
  ports: (commonSpec, name) => {
    const spec = asHivemqSpec(commonSpec);
    const host = findHost(spec, name);
    if (!host) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
    const listener = spec.listeners[0];
    const bind = listener ? resolveBindAddress(listener.bindAddress, host) : host.address;
    return {
      backend: `${isWildcard(bind) ? host.address : bind}:${listener?.port ?? 1883}`,
      bound: boundPorts(spec, host)
        .filter(({ shared }) => !shared)
        .map(({ address, port, protocol, range }) => ({ address, port, protocol, range })),
      transport: spec.cluster.enabled ? transportEndpoint(spec, host) : null,
    };
  },
  gateTarget: (spec, host) => gateTarget(asHivemqSpec(spec), host),
  upgradeProblem: (from, to, running) => {
    const path = upgradePath(from, to, running);
    return path.ok ? null : path.reason;
  },
  upgradeGuides: (from, to) => ({ guidesPage, crossed: releasesCrossed(from, to) }),
  extensionProblems: (spec) => extensionVersionProblems(asHivemqSpec(spec)),
  unprovenExtensions: (spec) => unprovenExtensions(asHivemqSpec(spec)),
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
