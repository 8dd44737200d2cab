import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { NodeManifest } from '../../node-manifest.js';
import { dnsDiscovery } from './dns-discovery.js';
import { s3Discovery, s3JavaOptionsPath } from './s3-discovery.js';

type Part = Pick<NodeManifest, 'files' | 'secretFiles' | 'variables'>;

const none: Part = { files: [], secretFiles: [], variables: [] };

/** The files and variables of a node that its discovery needs; none for a discovery that config.xml says in full. */
export function discoveryManifest({ cluster }: HivemqSpec): Part {
  if (!cluster.enabled) return none;
  const { discovery } = cluster;
  if (discovery.type === 's3') return s3Discovery(discovery);
  return discovery.type === 'dns' ? { ...none, ...dnsDiscovery(discovery) } : none;
}

/** Options that the Java machine gets for discovery: the name of a file, so that no value is seen in a process list. */
export function discoveryJavaOptions(spec: HivemqSpec, host: Pick<ResolvedHost, 'home'>): string[] {
  const { secretFiles } = discoveryManifest(spec);
  return secretFiles.some(({ path }) => path === s3JavaOptionsPath) ? [`@${host.home}/${s3JavaOptionsPath}`] : [];
}
