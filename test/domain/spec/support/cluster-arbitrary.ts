import fc from 'fast-check';
import { exampleSpec } from '../example.js';

/** What the cluster part of a spec says, in the form of a file; laid over a whole spec it is valid. */
export interface ClusterPart {
  readonly cluster: Record<string, unknown>;
  readonly extensions: Record<string, unknown>[];
  readonly hosts: Record<string, unknown>[];
  readonly tls: Record<string, unknown>;
  readonly nodes: number;
}

/** Names of the variables that secrets are taken from; their values must stand in no rendered file. */
const secret = fc.constantFrom('ONE', 'TWO', 'THREE').map((name) => ({ env: `CLUSTER_SECRET_${name}` }));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** As a file would have it: what is undefined is not there. */
const compact = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const octet = fc.integer({ min: 1, max: 254 });
const ipv4 = fc.tuple(octet, octet, octet).map(([b, c, d]) => `10.${b}.${c}.${d}`);
const multicast = fc.tuple(fc.integer({ min: 224, max: 239 }), octet, octet, octet).map((parts) => parts.join('.'));

const own = ['192.168.7.1', '192.168.7.2', '192.168.7.3', '192.168.7.4'];

const hosts = fc.tuple(fc.boolean(), optional(fc.integer({ min: 1, max: 65_535 }))).map(([translated, port]) =>
  exampleSpec().hosts.map((host, index) => {
    if (!translated || host.roles !== undefined) return host;
    return { ...host, externalAddress: own[index], ...(port !== undefined && { externalPort: port }) };
  }),
);

const protocols = fc.uniqueArray(fc.constantFrom('TLSv1.2', 'TLSv1.3'), { minLength: 1 });
const cipherSuites = fc.uniqueArray(fc.constantFrom('TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'), {
  minLength: 1,
});
const path = fc.constantFrom('/etc/hivemq/tls/one.jks', '/etc/hivemq/tls/two.p12');
const keystore = fc.record({ path, password: secret, privateKeyPassword: optional(secret) });
const truststore = fc.record({ path, password: secret });

const tls = fc.record({
  enabled: optional(fc.boolean()),
  protocols: optional(protocols),
  cipherSuites: optional(cipherSuites),
  clientAuthenticationMode: optional(fc.constantFrom('NONE', 'OPTIONAL', 'REQUIRED')),
  serverKeystore: keystore,
  serverCertificateTruststore: truststore,
  clientAuthenticationKeystore: keystore,
  clientCertificateTruststore: truststore,
});

const issuedTls = fc.record({
  enabled: fc.constant(true),
  clientAuthenticationMode: optional(fc.constantFrom('NONE', 'OPTIONAL', 'REQUIRED')),
});

const bindPort = fc.integer({ min: 7000, max: 7099 });

const tcp = fc.record({
  type: optional(fc.constant('tcp')),
  bindAddress: optional(fc.constant('host')),
  bindPort: optional(bindPort),
  tls: optional(fc.oneof(tls, issuedTls)),
});

const udp = fc.record({
  type: fc.constant('udp'),
  bindAddress: optional(fc.constantFrom('host', '0.0.0.0')),
  bindPort: optional(bindPort),
  multicastEnabled: optional(fc.constant(true)),
  multicastAddress: optional(multicast),
  multicastPort: optional(fc.integer({ min: 45_000, max: 46_000 })),
});

const keys = { accessKeyId: secret, secretAccessKey: secret };
const credentials = fc.oneof(
  fc.record({ type: fc.constantFrom('default', 'instance_profile_credentials') }),
  fc.record({ type: fc.constantFrom('environment_variables', 'java_system_properties', 'user_credentials_file') }),
  fc.record({
    type: fc.constantFrom('environment_variables', 'java_system_properties', 'user_credentials_file'),
    ...keys,
    sessionToken: optional(secret),
  }),
  fc.record({ type: fc.constant('access_key'), ...keys }),
  fc.record({
    type: fc.constant('temporary_session'),
    ...keys,
    sessionToken: secret,
    expires: optional(fc.constant('2027-01-31T12:00:00Z')),
  }),
);

const intervals = fc.oneof(
  fc.constant({ fileExpiration: '0s', updateInterval: '0s' }),
  fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }))
    .map(([update, more]) => ({ fileExpiration: `${update + more}m`, updateInterval: `${update}m` })),
);

const place = {
  type: fc.constant('s3'),
  bucketRegion: fc.constantFrom('eu-central-1', 'us-east-1', 'us-gov-west-1'),
  bucketName: fc.constantFrom('hivemq', 'discovery.example.org'),
  filePrefix: optional(fc.constantFrom('', 'prod/', "hivemq/it's(1)/*!")),
  credentials: optional(credentials),
};
const s3 = fc
  .tuple(
    fc.oneof(
      fc.record({ ...place, layout: fc.constant('plugin') }),
      fc.record({
        ...place,
        layout: optional(fc.constant('extension')),
        endpoint: optional(fc.constantFrom('http://127.0.0.1:7070', 'minio.example.org')),
        endpointRegion: optional(fc.constant('us-east-1')),
        pathStyleAccess: optional(fc.boolean()),
      }),
    ),
    optional(intervals),
  )
  .map(([one, both]) => ({ ...one, ...both }));

const seconds = fc.integer({ min: 1, max: 900 }).map((amount) => `${amount}s`);
const dns = fc.record({
  type: fc.constant('dns'),
  discoveryAddress: fc.constantFrom('nodes.example.org', 'hivemq'),
  resolutionTimeout: optional(seconds),
  reloadInterval: optional(seconds),
  dnsServerAddress: optional(fc.constantFrom('10.0.0.2', 'ns.example.org:5353')),
});

const overTcp = fc.oneof(
  fc.record({ type: optional(fc.constant('static')) }),
  fc.record({
    type: fc.constant('broadcast'),
    broadcastAddress: optional(ipv4),
    port: optional(fc.integer({ min: 8500, max: 8600 })),
    portRange: optional(fc.integer({ min: 0, max: 50 })),
  }),
  fc.record({ type: fc.constant('extension'), extension: fc.constant('own-discovery') }),
  s3,
  dns,
);

const transportAndDiscovery = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(udp, fc.constant({ type: 'multicast' })) },
  { weight: 5, arbitrary: fc.tuple(tcp, overTcp) },
);

const failureDetection = fc.record({
  heartbeat: optional(
    fc
      .tuple(fc.boolean(), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }))
      .map(([enabled, interval, more]) => ({ enabled, interval, timeout: interval + more })),
  ),
  tcpHealthCheck: optional(
    fc.record({
      enabled: optional(fc.boolean()),
      bindAddress: optional(fc.constantFrom('host', '0.0.0.0')),
      bindPort: optional(fc.constantFrom(0, 9500, 9600)),
      portRange: optional(fc.integer({ min: 0, max: 200 })),
    }),
  ),
});

/** Every extension that some discovery asks for; those that are not used do no harm. */
const extensions = ['hivemq-s3-cluster-discovery-extension', 'hivemq-dns-cluster-discovery', 'own-discovery'].map(
  (id) => ({ id }),
);

/** Any valid cluster part, in the form of a file. */
export const clusterPart: fc.Arbitrary<ClusterPart> = fc
  .record({
    transportAndDiscovery,
    failureDetection: optional(failureDetection),
    replicaCount: optional(fc.integer({ min: 2, max: 4 })),
    hosts,
    nodes: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ transportAndDiscovery: [transport, discovery], hosts: given, nodes, ...rest }) => {
    // The issuer makes stores only where the spec has none.
    const issued = 'tls' in transport && transport.tls !== undefined && !('serverKeystore' in transport.tls);
    const one = { transport, discovery, ...rest };
    const cluster = compact(one) as Record<string, unknown>;
    // All nodes at one port, which DNS discovery relies on.
    const all =
      discovery.type === 'dns'
        ? given.map((host) => Object.fromEntries(Object.entries(host).filter(([key]) => key !== 'externalPort')))
        : given;
    return { cluster, extensions, hosts: all, nodes, tls: issued ? { issuer: 'internal-ca' } : {} };
  });
