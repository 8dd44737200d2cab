import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readNodeFile } from '../../../src/sandbox/broker/discovery/s3/node-file.js';
import { buildExtension } from '../../../src/sandbox/distribution/index.js';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import type { DnsServer, S3Server } from '../../../src/sandbox/services/index.js';
import { certificateOf } from '../../activities/manifest/support/certificates.js';
import { published } from './publish.js';
import type { Scenario } from './scenario.js';

export const discoveries = ['static', 's3', 'dns'] as const;
export const transports = ['tcp', 'tls'] as const;
export type Discovery = (typeof discoveries)[number];
export type Transport = (typeof transports)[number];

/** One way in which nodes find each other, over one way to talk. */
export interface Combination {
  readonly discovery: Discovery;
  readonly transport: Transport;
}

export const TRANSPORT_PORT = 7800;
const extensionIds = { s3: 'hivemq-s3-cluster-discovery-extension', dns: 'hivemq-dns-cluster-discovery' } as const;
/** So that a test need not wait for the shipped intervals: milliseconds between two looks of the simulated broker. */
const env = { HIVEMQ_SIM_DISCOVERY_RELOAD: '500' };

export const clusterOf = ({ discovery, transport }: Combination): string => `${discovery}-${transport}`;
/** The hosts of one combination: two to begin with, and the third to join. */
export const hostNames = (combination: Combination): string[] =>
  [1, 2, 3].map((number) => `${clusterOf(combination)}-${number}`);
export const nameOf = (combination: Combination): string => `${clusterOf(combination)}.stage.test`;
export const bucketOf = (combination: Combination): string => `bucket-${clusterOf(combination)}`;

/** Values that may be in files of mode 0600 and in the environment of brokers, and nowhere else. */
export const keys = { accessKeyId: 'STAGEKEYID7731', secretAccessKey: 'stage-secret-5b1e-aa07' };

const hostsSchema = z.array(z.looseObject({ name: z.string() }));

/** The specs of small clusters, one for each combination, on hosts of their own. */
export class DiscoveryWorld {
  /** Key pairs by name, self-signed. */
  private readonly pairs = new Map<string, ReturnType<typeof certificateOf>>();

  constructor(
    readonly scenario: Scenario,
    private readonly s3: Pick<S3Server, 'endpoint' | 'region' | 'folder'>,
    private readonly dns: Pick<DnsServer, 'address' | 'port'>,
  ) {
    mkdirSync(this.file(''), { recursive: true });
    for (const [name, value] of Object.entries(keys)) writeFileSync(this.file(name), value);
  }

  /** Brings the distributions of the discovery extensions to where specs name them. */
  async prepare(): Promise<void> {
    await Promise.all(Object.values(extensionIds).map((id) => buildExtension(id, '4.4.7', this.file(`${id}.zip`))));
  }

  private file(name: string): string {
    return path.join(this.scenario.folder, 'spec', name);
  }

  hosts(combination: Combination): Host[] {
    return hostNames(combination).map((name) => this.scenario.stage.host(name));
  }

  /** A spec with these hosts. @param cluster keys of `cluster` that replace what stands here */
  spec(combination: Combination, options: SpecOptions = {}): Promise<unknown> {
    const { hosts = hostNames(combination), nodes = 2, name = clusterOf(combination), top, ...cluster } = options;
    const { discovery, transport } = combination;
    const spec = this.scenario.spec({
      ...{ name, nodes },
      overrides: {
        cluster: {
          replicaCount: 2,
          transport: { bindPort: TRANSPORT_PORT, ...(transport === 'tls' && { tls: this.tls(combination) }) },
          discovery: this.discovery(combination),
          ...cluster,
        },
        ...(transport === 'tls' && discovery !== 'dns' && { tls: { issuer: 'internal-ca' } }),
        ...top,
        ...(discovery !== 'static' && { env: { ...env, ...top?.env }, extensions: [this.extension(discovery)] }),
      },
    });
    const chosen = hostsSchema.parse(spec['hosts']).filter((host) => hosts.includes(host.name));
    return published(this.scenario, { ...spec, hosts: chosen });
  }

  private extension(discovery: keyof typeof extensionIds): object {
    const id = extensionIds[discovery];
    return { id, content: { file: this.file(`${id}.zip`) } };
  }

  discovery(combination: Combination): object {
    const { s3, dns } = this;
    switch (combination.discovery) {
      case 'static':
        return { type: 'static' };
      case 'dns':
        return {
          ...{ type: 'dns', discoveryAddress: nameOf(combination), resolutionTimeout: '2s' },
          dnsServerAddress: `${dns.address}:${dns.port}`,
        };
      case 's3':
        return {
          ...{ type: 's3', bucketRegion: s3.region, bucketName: bucketOf(combination) },
          ...{ endpoint: s3.endpoint, endpointRegion: s3.region, pathStyleAccess: true },
          credentials: {
            type: combination.transport === 'tcp' ? 'environment_variables' : 'access_key',
            ...this.keys(),
          },
        };
    }
  }

  /** The keys of the buckets, as secret references. */
  keys() {
    return { accessKeyId: { file: this.file('accessKeyId') }, secretAccessKey: { file: this.file('secretAccessKey') } };
  }

  /** The internal CA with and without certificates of those who connect; files of one's own for DNS. */
  private tls({ discovery }: Combination): object {
    if (discovery === 'dns') return this.ownFiles('member', 'member');
    return { clientAuthenticationMode: discovery === 'static' ? 'REQUIRED' : 'NONE' };
  }

  /** Stores of PEM files. @param shown key pair that a node shows  @param trusted key pair whose certificate it trusts */
  ownFiles(shown: string, trusted: string): object {
    const [own, other] = [this.pair(shown), this.pair(trusted)];
    const put = (name: string, text: string): object => {
      writeFileSync(this.file(name), text);
      return { file: this.file(name) };
    };
    return {
      serverKeystore: {
        certificate: put(`${shown}.pem`, own.certificate),
        privateKey: put(`${shown}.key`, own.privateKey),
      },
      serverCertificateTruststore: { certificates: put(`${trusted}.pem`, other.certificate) },
    };
  }

  pair(name: string): ReturnType<typeof certificateOf> {
    const pair = this.pairs.get(name) ?? certificateOf(name);
    this.pairs.set(name, pair);
    return pair;
  }

  /** What the bucket of a combination announces: `address:port` by the last part of the object's key. */
  announced(combination: Combination, prefix = 'hivemq/cluster/nodes'): Map<string, string> {
    const folder = path.join(this.s3.folder, bucketOf(combination), prefix);
    const found = new Map<string, string>();
    for (const key of readdirSync(folder)) {
      const file = readNodeFile(readFileSync(path.join(folder, key), 'utf8'));
      if (file) found.set(key, `${file.address.host}:${file.address.port}`);
    }
    return found;
  }
}

export interface SpecOptions {
  /** Names of the hosts. Default: those of the combination. */
  readonly hosts?: readonly string[];
  /** Default: 2 */
  readonly nodes?: number;
  /** Default: that of the combination. */
  readonly name?: string;
  /** Further keys of the spec itself; all others are keys of its `cluster`. */
  readonly top?: { readonly env?: Readonly<Record<string, unknown>>; readonly logLevel?: string };
  readonly [key: string]: unknown;
}
