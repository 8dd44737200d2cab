import type { SpecWarning } from '../../../../spec/issue.js';
import type { HivemqSpec } from '../part.js';

type Rule = (spec: HivemqSpec) => SpecWarning[];

const path = ['cluster'];
const warnIf = (applies: boolean, at: SpecWarning['path'], message: string): SpecWarning[] =>
  applies ? [{ path: at, message }] : [];

const transport: Rule = ({ cluster: { transport: used, discovery } }) => [
  ...warnIf(
    used.type === 'udp',
    [...path, 'transport', 'type'],
    'UDP transport is for tests in one local network, not for production; most cloud networks deliver no multicast',
  ),
  ...warnIf(
    used.tls?.enabled === true,
    [...path, 'transport', 'tls'],
    'only transport is encrypted: discovery always goes over plain TCP, so keep that network to the nodes',
  ),
  ...warnIf(
    discovery.type === 'broadcast' && discovery.broadcastAddress === '255.255.255.255',
    [...path, 'discovery', 'broadcastAddress'],
    "255.255.255.255 leaves by one network interface only; name the broadcast address of the nodes' subnet, e.g. 192.168.1.255",
  ),
  ...warnIf(
    discovery.type === 'broadcast',
    [...path, 'discovery', 'type'],
    'broadcast finds nodes of the same IP subnet only, and most cloud networks do not deliver it',
  ),
];

const failureDetection: Rule = ({ cluster, hosts }) => {
  const { heartbeat, tcpHealthCheck: check } = cluster.failureDetection;
  const translated =
    cluster.transport.externalAddress !== undefined ||
    hosts.some(({ externalAddress }) => externalAddress !== undefined);
  return [
    ...warnIf(
      !heartbeat.enabled && !check.enabled,
      [...path, 'failureDetection'],
      'with heartbeat and TCP health check off, a lost node is not noticed',
    ),
    ...warnIf(
      translated && check.enabled && check.bindPort === 0,
      [...path, 'failureDetection', 'tcpHealthCheck', 'bindPort'],
      'behind address translation the port of the health check must be forwarded, too, and 0 takes any: name a port',
    ),
  ];
};

const replicas: Rule = ({ cluster: { replicaCount }, nodes }) => [
  ...warnIf(
    replicaCount > nodes,
    [...path, 'replicaCount'],
    `is above the ${nodes} nodes of the cluster; the broker keeps as many replicas as it has nodes`,
  ),
  ...warnIf(
    replicaCount < 2 && nodes > 1,
    [...path, 'replicaCount'],
    'below 2, each restart of a node loses persistent data: operations are refused unless they override the check replica-count',
  ),
];

const s3: Rule = ({ cluster: { discovery } }) => {
  if (discovery.type !== 's3') return [];
  const { sessionToken, expires } = discovery.credentials;
  return [
    ...warnIf(
      sessionToken !== undefined,
      [...path, 'discovery', 'credentials', 'sessionToken'],
      expires === undefined
        ? 'the temporary session ends, and nodes then no longer find each other: say when as credentials.expires, and apply new keys before'
        : `the temporary session ends at ${expires}, and nodes then no longer find each other: apply new keys before`,
    ),
    ...warnIf(
      discovery.fileExpiration === 0,
      [...path, 'discovery', 'fileExpiration'],
      'announcements never expire: the object of a node that crashed stays until Hivekeeper or somebody else removes it',
    ),
    ...warnIf(
      discovery.layout === 'plugin',
      [...path, 'discovery', 'layout'],
      "the old plugin itself is not brought to the nodes: it must come with the broker's package",
    ),
  ];
};

const dns: Rule = ({ cluster: { discovery } }) =>
  discovery.type !== 'dns'
    ? []
    : warnIf(
        discovery.resolutionTimeout > discovery.reloadInterval,
        [...path, 'discovery', 'resolutionTimeout'],
        'should not be longer than reloadInterval: the name would be asked again before an answer is given up',
      );

const rules: readonly Rule[] = [transport, failureDetection, replicas, s3, dns];

/** What is allowed of a cluster and probably not wanted; where clustering is off, that alone. */
export function clusterWarnings(spec: HivemqSpec): SpecWarning[] {
  if (spec.cluster.enabled) return rules.flatMap((rule) => rule(spec));
  return warnIf(
    spec.nodes > 1,
    [...path, 'enabled'],
    `the ${spec.nodes} nodes are independent brokers: none takes over what another holds, and clients see the messages of their own broker only`,
  );
}
