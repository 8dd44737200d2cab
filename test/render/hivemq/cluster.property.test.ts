import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transportEndpoint, type HivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { nodeHosts, resolveHost } from '../../../src/domain/spec/index.js';
import { discoveryManifest } from '../../../src/render/products/hivemq/discovery-manifest.js';
import { clusterPart } from '../../domain/spec/support/cluster-arbitrary.js';
import { at, clusterElement, clusterText, propertiesOf, refusals, specOf } from './support/rendered-cluster.js';

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'boolean' ? `${value}` : undefined);
const number = (value: unknown) => (value === undefined ? undefined : Number(value));
const flag = (value: unknown) => (value === undefined ? undefined : value === 'true');

const namesIn = (value: unknown) => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

/** One or several elements, as a list. */
const list = (value: unknown): unknown[] | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? [...(value as unknown[])] : [value];

function readStore(tls: unknown, element: string) {
  const store = at(tls, element);
  return store === undefined ? undefined : text(at(store, 'path'));
}

/** What a cluster element says, in the words of a spec: read from the element alone. */
function readElement(element: unknown) {
  const kind = at(element, 'transport.udp') === undefined ? 'tcp' : 'udp';
  const transport = at(element, `transport.${kind}`);
  const tls = at(transport, 'tls');
  const heartbeat = at(element, 'failure-detection.heartbeat');
  const check = at(element, 'failure-detection.tcp-health-check');
  return {
    replicaCount: number(at(element, 'replication.replica-count')),
    transport: {
      type: kind,
      bindAddress: text(at(transport, 'bind-address')),
      bindPort: number(at(transport, 'bind-port')),
      externalAddress: text(at(transport, 'external-address')),
      multicastEnabled: flag(at(transport, 'multicast-enabled')),
      multicastAddress: text(at(transport, 'multicast-address')),
      multicastPort: number(at(transport, 'multicast-port')),
      tls: tls === undefined ? undefined : flag(at(tls, 'enabled')),
      protocols: list(at(tls, 'protocols.protocol')),
      cipherSuites: list(at(tls, 'cipher-suites.cipher-suite')),
      clientAuthenticationMode: text(at(tls, 'client-authentication-mode')),
      serverKeystore: readStore(tls, 'server-keystore'),
      clientCertificateTruststore: readStore(tls, 'client-certificate-truststore'),
    },
    heartbeat: {
      enabled: flag(at(heartbeat, 'enabled')),
      interval: number(at(heartbeat, 'interval')),
      timeout: number(at(heartbeat, 'timeout')),
    },
    check: {
      enabled: flag(at(check, 'enabled')),
      bindPort: number(at(check, 'bind-port')),
      portRange: number(at(check, 'port-range')),
    },
  };
}

/** The same from the spec. */
function wanted(spec: HivemqSpec) {
  const { transport, failureDetection, replicaCount } = spec.cluster;
  const host = spec.hosts.find(({ name }) => name === 'n1');
  const udp = transport.type === 'udp' ? transport : undefined;
  const tls = transport.tls?.enabled ? transport.tls : undefined;
  const { heartbeat, tcpHealthCheck: check } = failureDetection;
  const authenticates = tls !== undefined && tls.clientAuthenticationMode !== 'NONE';
  const made = (name: string) => `/opt/hivemq/conf/tls/${name}.p12`;
  return {
    replicaCount,
    transport: {
      type: transport.type,
      bindAddress: transport.bindAddress === 'host' ? '10.0.0.11' : transport.bindAddress,
      bindPort: transport.bindPort,
      externalAddress: host?.externalAddress,
      multicastEnabled: udp?.multicastEnabled,
      multicastAddress: udp?.multicastAddress,
      multicastPort: udp?.multicastPort,
      tls: transport.tls?.enabled,
      protocols: tls?.protocols,
      cipherSuites: tls?.cipherSuites,
      clientAuthenticationMode: tls?.clientAuthenticationMode,
      serverKeystore: tls && (tls.serverKeystore?.path ?? made('transport-server')),
      clientCertificateTruststore:
        tls && (tls.clientCertificateTruststore?.path ?? (authenticates ? made('transport-client-trust') : undefined)),
    },
    heartbeat: {
      enabled: heartbeat.enabled,
      interval: heartbeat.interval ?? (udp ? 8000 : 3000),
      timeout: heartbeat.timeout ?? (udp ? 40_000 : 9000),
    },
    check: { enabled: check.enabled, bindPort: check.bindPort, portRange: check.portRange },
  };
}

describe('any valid cluster part', () => {
  it('is accepted', () => {
    fc.assert(
      fc.property(clusterPart, (part) => {
        expect(refusals(part)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('becomes a well-formed element whose values are those of the spec', () => {
    fc.assert(
      fc.property(clusterPart, (part) => {
        const spec = specOf(part);
        const element = clusterElement(spec);
        expect(readElement(element)).toEqual(wanted(spec));
        const { discovery } = spec.cluster;
        const inXml = discovery.type === 's3' || discovery.type === 'dns' ? 'extension' : discovery.type;
        expect(namesIn(at(element, 'discovery'))).toEqual([inXml]);
        if (discovery.type !== 'static') return;
        const members = nodeHosts(spec)
          .slice(0, spec.nodes)
          .map((host) => transportEndpoint(spec, resolveHost(spec, host)));
        expect(list(at(element, 'discovery.static.node'))).toEqual(
          members.map(({ address, port }) => ({ host: address, port: String(port) })),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has its discovery settings in seconds or minutes, as the file wants them', () => {
    fc.assert(
      fc.property(clusterPart, (part) => {
        const spec = specOf(part);
        const { discovery } = spec.cluster;
        if (discovery.type !== 's3') return;
        const unit = discovery.layout === 'plugin' ? 60_000 : 1000;
        const found = propertiesOf(spec);
        expect(Number(found['file-expiration']) * unit).toBe(discovery.fileExpiration);
        expect(Number(found['update-interval']) * unit).toBe(discovery.updateInterval);
        expect(found['file-prefix']).toBe(discovery.filePrefix);
        expect(found['s3-bucket-name']).toBe(discovery.bucketName);
        expect(found['s3-path-style-access']).toBe(text(discovery.pathStyleAccess));
      }),
      { numRuns: 500 },
    );
  });

  it('names no secret in a file that others may read', () => {
    fc.assert(
      fc.property(clusterPart, (part) => {
        const spec = specOf(part);
        const { files, secretFiles } = discoveryManifest(spec);
        const all = [
          clusterText(spec),
          ...files.map(({ content }) => content),
          ...secretFiles.map(({ template }) => template),
        ];
        // Not even the reference: which variable of the worker holds a secret is nobody's business on a host.
        for (const one of all) expect(one).not.toContain('CLUSTER_SECRET');
        for (const [, password] of clusterText(spec).matchAll(/<(?:private-key-)?password>([^<]*)</g)) {
          expect(password).toMatch(/^\$\{ENV:HIVEKEEPER_[A-Z_]+\}$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
