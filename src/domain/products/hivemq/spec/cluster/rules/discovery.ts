import { discoveryExtensions } from '../discovery-extension.js';
import { issueIf, type ClusterRule } from './rule.js';

const path = ['cluster', 'discovery'];

/**
 * Which discovery goes with which transport (HiveMQ user guide, "Available cluster discovery mechanisms"): multicast with
 * UDP only, all others with TCP only.
 */
export const compatibility: ClusterRule = ({ cluster: { transport, discovery } }) => {
  if (transport.type === 'udp') {
    return [
      ...issueIf(
        discovery.type !== 'multicast',
        ['cluster', 'transport', 'type'],
        `UDP cluster transport works with multicast discovery only, never with ${discovery.type} discovery: ` +
          'write discovery: { type: multicast }, or transport: { type: tcp }',
      ),
      ...issueIf(
        !transport.multicastEnabled,
        ['cluster', 'transport', 'multicastEnabled'],
        'must be true: multicast discovery needs it, and UDP has no other discovery; or write transport: { type: tcp }',
      ),
    ];
  }
  return issueIf(
    discovery.type === 'multicast',
    [...path, 'type'],
    'multicast discovery needs UDP transport: write transport: { type: udp }, or with TCP one of static, broadcast, dns, s3',
  );
};

/** The lines of a spec that bring an extension. */
const linesFor = (id: string): string =>
  ['extensions:', `  - id: ${id}`, `    content: { file: ./${id}.zip }`].join('\n');

/** What the extension finds nodes with must be installed and enabled, or no node ever finds another. */
export const extensionPresent: ClusterRule = ({ cluster: { discovery }, extensions }) => {
  const needed = neededExtension(discovery);
  if (needed === null) return [];
  const index = extensions.findIndex(({ id }) => id === needed.id);
  const extension = extensions[index];
  if (!extension) {
    const message = `${discovery.type} discovery needs the extension ${needed.id}${needed.source}; add:\n${linesFor(needed.id)}`;
    return [{ path: [...path, needed.key], message }];
  }
  return issueIf(
    !extension.enabled,
    ['extensions', index, 'enabled'],
    `must be true: ${discovery.type} discovery needs this extension, and without it no node finds another`,
  );
};

type Discovery = Parameters<ClusterRule>[0]['cluster']['discovery'];

function neededExtension(discovery: Discovery): { id: string; key: string; source: string } | null {
  switch (discovery.type) {
    case 'extension':
      return discovery.extension === undefined ? null : { id: discovery.extension, key: 'extension', source: '' };
    case 's3':
      // The old plugin is no extension: it comes with the package.
      if (discovery.layout === 'plugin') return null;
      return { id: discoveryExtensions.s3.id, key: 'type', source: ` (its zip: ${discoveryExtensions.s3.home})` };
    case 'dns':
      return { id: discoveryExtensions.dns.id, key: 'type', source: ` (its zip: ${discoveryExtensions.dns.home})` };
    default:
      return null;
  }
}

/** Some extension has to be there, whatever its name. */
export const someExtension: ClusterRule = ({ cluster: { discovery }, extensions }) =>
  issueIf(
    discovery.type === 'extension' && discovery.extension === undefined && !extensions.some(({ enabled }) => enabled),
    [...path, 'type'],
    'extension discovery needs an extension that finds the nodes: add it to extensions, and name its id here as extension: ID',
  );

/** Variables that the DNS extension takes before its file. */
const dnsVariables = [
  'HIVEMQ_DNS_DISCOVERY_ADDRESS',
  'HIVEMQ_DNS_DISCOVERY_TIMEOUT',
  'HIVEMQ_DNS_RELOAD_INTERVAL',
  'HIVEMQ_DNS_SERVER_ADDRESS',
];

/** The settings of a discovery have one place in a spec: whatever would win over it on the host is refused. */
export const oneSource: ClusterRule = ({ cluster: { discovery }, extensions, env }) => {
  if (discovery.type !== 's3' && discovery.type !== 'dns') return [];
  const { id, file, legacyFile } = discoveryExtensions[discovery.type];
  const ofFiles = extensions.flatMap((extension, index) => {
    if (extension.id !== id) return [];
    return [file, legacyFile]
      .filter((name) => Object.hasOwn(extension.files, name))
      .map((name) => ({
        path: ['extensions', index, 'files', name],
        message: `Hivekeeper writes the settings of this extension from cluster.discovery: move them there and leave this file out`,
      }));
  });
  const ofVariables = discovery.type === 'dns' ? dnsVariables.filter((name) => Object.hasOwn(env, name)) : [];
  return [
    ...ofFiles,
    ...ofVariables.map((name) => ({
      path: ['env', name],
      message: 'would win over cluster.discovery on every node: set it there and leave this variable out',
    })),
  ];
};

/** The DNS extension counts whole seconds and pairs every address with the own port. */
export const dns: ClusterRule = ({ cluster: { discovery, transport }, hosts }) => {
  if (discovery.type !== 'dns') return [];
  const bound = transport.externalPort === 0 ? transport.bindPort : transport.externalPort;
  return [
    ...(['resolutionTimeout', 'reloadInterval'] as const).flatMap((key) =>
      issueIf(
        discovery[key] % 1000 !== 0,
        [...path, key],
        'the extension counts whole seconds: write 30s, for example',
      ),
    ),
    ...hosts.flatMap((host, index) =>
      issueIf(
        host.externalPort !== undefined && host.externalPort !== bound,
        ['hosts', index, 'externalPort'],
        `DNS discovery looks for every node at the port of its own, ${bound}: use that port here, or s3 or static discovery`,
      ),
    ),
  ];
};
