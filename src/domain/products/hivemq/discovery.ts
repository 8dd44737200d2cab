import type { DiscoveryBucket, DiscoveryNeeds } from '../discovery.js';
import { discoveryExtensions, type HivemqSpec, type S3DiscoverySpec } from './spec/index.js';

const none: DiscoveryNeeds = { datagrams: null, bucket: null, name: null, overruling: [] };

const readable = ['default', 'user_credentials_file', 'instance_profile_credentials'] as const;

/** The keys that the spec names for discovery; for types that look into the broker's environment those of `env`, too. */
function keysOf({ credentials }: S3DiscoverySpec, env: HivemqSpec['env']): DiscoveryBucket['keys'] {
  const { type, accessKeyId, secretAccessKey, sessionToken } = credentials;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  if (type !== 'default' && type !== 'environment_variables') return null;
  const secret = (name: string) => (typeof env[name] === 'object' ? env[name] : undefined);
  const [id, key] = [secret('AWS_ACCESS_KEY_ID'), secret('AWS_SECRET_ACCESS_KEY')];
  return id && key ? { accessKeyId: id, secretAccessKey: key, sessionToken: secret('AWS_SESSION_TOKEN') } : null;
}

function bucketOf(discovery: S3DiscoverySpec, env: HivemqSpec['env']): DiscoveryBucket {
  const { type, expires } = discovery.credentials;
  // A key id in plain text is no secret reference: the broker finds its keys, and nobody else can tell which.
  const hidden = Object.hasOwn(env, 'AWS_ACCESS_KEY_ID');
  return {
    region: discovery.bucketRegion,
    bucket: discovery.bucketName,
    prefix: discovery.filePrefix,
    endpoint: discovery.endpoint,
    endpointRegion: discovery.endpointRegion,
    pathStyleAccess: discovery.pathStyleAccess,
    keys: keysOf(discovery, env),
    nodeKeys: type === 'default' && hidden ? 'hidden' : (readable.find((one) => one === type) ?? 'hidden'),
    expiration: discovery.fileExpiration / 1000,
    expires: expires ?? null,
  };
}

/** What the discovery of a HiveMQ cluster needs of hosts, network and other services. */
export function discoveryNeeds({ cluster, env }: HivemqSpec): DiscoveryNeeds {
  if (!cluster.enabled) return none;
  const { discovery, transport } = cluster;
  switch (discovery.type) {
    case 'multicast':
      if (transport.type !== 'udp') return none;
      return {
        ...none,
        datagrams: { type: 'multicast', group: transport.multicastAddress, port: transport.multicastPort },
      };
    case 'broadcast':
      return { ...none, datagrams: { type: 'broadcast', group: discovery.broadcastAddress, port: discovery.port } };
    case 's3':
      return { ...none, bucket: bucketOf(discovery, env), overruling: overruling('s3') };
    case 'dns':
      return {
        ...none,
        name: { name: discovery.discoveryAddress, server: discovery.dnsServerAddress ?? null },
        overruling: overruling('dns'),
      };
    default:
      return none;
  }
}

const overruling = (type: keyof typeof discoveryExtensions): string[] => [
  `extensions/${discoveryExtensions[type].id}/${discoveryExtensions[type].legacyFile}`,
];

/** Persistent sessions or retained messages, unless the spec forbids both. */
export function keepsPersistentData({ mqtt }: HivemqSpec): boolean {
  return !(mqtt?.sessionExpiry.maxInterval === 0 && !mqtt.retainedMessages.enabled);
}
