import { describe, expect, it } from 'vitest';
import { at, clusterElement, refusals, specOf } from './support/rendered-cluster.js';

/** One parameter of the vendor's tables (HiveMQ user guide, "HiveMQ Clusters"). */
interface Parameter {
  /** Element within `cluster` of config.xml. */
  readonly element: string;
  /** Text of the element when the spec does not say; undefined: no element, the broker's own default. */
  readonly fallback: string | undefined;
  /** A value in the spec and the text that it becomes. */
  readonly set: object;
  readonly becomes: unknown;
  /** Values that are refused, each with what the refusal says. */
  readonly refused: readonly (readonly [object, RegExp])[];
  /** What else the parameter needs around it. */
  readonly around?: object;
}

const cluster = (value: object) => ({ cluster: value });
const transport = (value: object) => cluster({ transport: value });
const discovery = (value: object) => cluster({ discovery: value });
const udp = (value: object) => cluster({ transport: { type: 'udp', ...value }, discovery: { type: 'multicast' } });
const detection = (value: object) => cluster({ failureDetection: value });
const heartbeat = (value: object) => detection({ heartbeat: value });
const check = (value: object) => detection({ tcpHealthCheck: value });
const secret = { env: 'A_PASSWORD' };
const keystore = { path: '/etc/hivemq/server.jks', password: secret, privateKeyPassword: { env: 'KEY_PASSWORD' } };
const truststore = { path: '/etc/hivemq/trust.jks', password: secret };
const tls = (value: object) =>
  transport({ tls: { serverKeystore: keystore, serverCertificateTruststore: truststore, ...value } });
const oneNode = { nodes: 1 };

const tables: Readonly<Record<string, readonly Parameter[]>> = {
  'Enabling and replicas': [
    {
      element: 'enabled',
      fallback: 'true',
      set: cluster({ enabled: false }),
      becomes: 'false',
      refused: [[cluster({ enabled: 'no' }), /cluster\.enabled: must be true or false/]],
    },
    {
      element: 'replication.replica-count',
      fallback: '2',
      set: cluster({ replicaCount: 3 }),
      becomes: '3',
      refused: [
        [cluster({ replicaCount: 0 }), /cluster\.replicaCount: must be at least 1/],
        [cluster({ replicaCount: 1.5 }), /cluster\.replicaCount: must be a whole number/],
        [cluster({ replicaCount: 1001 }), /cluster\.replicaCount: must be at most 1000/],
      ],
    },
  ],
  'Table 1: discovery mechanisms': [
    {
      element: 'discovery.static.node',
      fallback: undefined,
      around: cluster({ transport: { bindPort: 7800 } }),
      set: cluster({ transport: { bindPort: 7801 }, discovery: { type: 'static' } }),
      becomes: ['10.0.0.11', '10.0.0.12', '10.0.0.13'].map((host) => ({ host, port: '7801' })),
      refused: [
        [udp({ tls: {} }), /TLS between nodes needs TCP: set type: tcp/],
        [
          cluster({ transport: { type: 'udp' }, discovery: { type: 'static' } }),
          /UDP cluster transport works with multicast discovery only, never with static discovery: write discovery: \{ type: multicast \}/,
        ],
      ],
    },
    {
      element: 'discovery.multicast',
      fallback: undefined,
      set: udp({}),
      becomes: '',
      refused: [
        [discovery({ type: 'multicast' }), /multicast discovery needs UDP transport: write transport: \{ type: udp \}/],
      ],
    },
    {
      element: 'discovery.broadcast',
      fallback: undefined,
      set: discovery({ type: 'broadcast' }),
      becomes: { 'broadcast-address': '255.255.255.255', port: '8555', 'port-range': '5' },
      refused: [
        [
          cluster({ transport: { type: 'udp' }, discovery: { type: 'broadcast' } }),
          /multicast discovery only, never with broadcast discovery/,
        ],
      ],
    },
    {
      element: 'discovery.extension',
      fallback: undefined,
      set: { ...discovery({ type: 'extension', extension: 'own' }), extensions: [{ id: 'own' }] },
      becomes: '',
      refused: [
        [discovery({ type: 'extension' }), /extension discovery needs an extension that finds the nodes/],
        [
          { ...discovery({ type: 'extension', extension: 'own' }), extensions: [{ id: 'other' }] },
          /needs the extension own; add:\nextensions:\n {2}- id: own\n/,
        ],
        [
          { ...discovery({ type: 'extension', extension: 'own' }), extensions: [{ id: 'own', enabled: false }] },
          /extensions\[0\]\.enabled: must be true: extension discovery needs this extension/,
        ],
        [
          {
            ...cluster({ transport: { type: 'udp' }, discovery: { type: 'extension', extension: 'own' } }),
            extensions: [{ id: 'own' }],
          },
          /multicast discovery only, never with extension discovery/,
        ],
        [discovery({ type: 'gossip' }), /type must be one of static, multicast, broadcast, extension, dns, s3/],
      ],
    },
  ],
  'Broadcast discovery': [
    {
      element: 'discovery.broadcast.broadcast-address',
      around: discovery({ type: 'broadcast' }),
      fallback: '255.255.255.255',
      set: discovery({ type: 'broadcast', broadcastAddress: '192.168.1.255' }),
      becomes: '192.168.1.255',
      refused: [[discovery({ type: 'broadcast', broadcastAddress: 'all' }), /must be an IPv4 broadcast address/]],
    },
    {
      element: 'discovery.broadcast.port',
      around: discovery({ type: 'broadcast' }),
      fallback: '8555',
      set: discovery({ type: 'broadcast', port: 8600 }),
      becomes: '8600',
      refused: [
        [discovery({ type: 'broadcast', port: 0 }), /cluster\.discovery\.port: must be at least 1/],
        [discovery({ type: 'broadcast', port: 65_536 }), /cluster\.discovery\.port: must be at most 65535/],
      ],
    },
    {
      element: 'discovery.broadcast.port-range',
      around: discovery({ type: 'broadcast' }),
      fallback: '5',
      set: discovery({ type: 'broadcast', portRange: 0 }),
      becomes: '0',
      refused: [[discovery({ type: 'broadcast', portRange: -1 }), /cluster\.discovery\.portRange: must be at least 0/]],
    },
  ],
  'Table 3: TCP transport': [
    {
      element: 'transport.tcp.bind-address',
      // Not the vendor's null, which leaves the choice of the interface to chance.
      fallback: '10.0.0.11',
      set: { ...transport({ bindAddress: '10.0.0.9' }), ...oneNode },
      becomes: '10.0.0.9',
      refused: [
        [transport({ bindAddress: '10.0.0.9' }), /bindAddress: every node would bind this one address; use host/],
        [transport({ bindAddress: 'loopback' }), /other nodes cannot connect to a loopback address: write host/],
        [transport({ bindAddress: null }), /bindAddress: must be an IP address, or `host` or `loopback`/],
      ],
    },
    {
      element: 'transport.tcp.bind-port',
      fallback: '8000',
      set: transport({ bindPort: 7800 }),
      becomes: '7800',
      refused: [
        [transport({ bindPort: 0 }), /bindPort: must be at least 1/],
        [transport({ bindPort: 1883 }), /bindPort: port 1883 is already that of the tcp listener; choose another/],
      ],
    },
    {
      element: 'transport.tcp.external-address',
      fallback: undefined,
      set: { ...transport({ externalAddress: '203.0.113.9' }), ...oneNode },
      becomes: '203.0.113.9',
      refused: [
        [
          transport({ externalAddress: '203.0.113.9' }),
          /externalAddress: every node would be announced at this one address: write externalAddress at each of hosts/,
        ],
      ],
    },
    {
      element: 'transport.tcp.external-port',
      fallback: undefined,
      set: { ...transport({ externalAddress: '203.0.113.9', externalPort: 8008 }), ...oneNode },
      becomes: '8008',
      refused: [
        [transport({ externalPort: 8008 }), /externalPort: goes with an external address/],
        [transport({ externalPort: -1 }), /externalPort: must be at least 0/],
      ],
    },
  ],
  'Table 4: UDP transport': [
    {
      element: 'transport.udp.bind-address',
      around: udp({}),
      fallback: '10.0.0.11',
      set: udp({ bindAddress: '0.0.0.0' }),
      becomes: '0.0.0.0',
      refused: [[udp({ bindAddress: '10.0.0.9' }), /every node would bind this one address; use host/]],
    },
    {
      element: 'transport.udp.bind-port',
      around: udp({}),
      fallback: '8000',
      // UDP and TCP ports are different ports.
      set: udp({ bindPort: 1883 }),
      becomes: '1883',
      refused: [[udp({ bindPort: 45_588 }), /multicastPort: port 45588 is already that of cluster transport/]],
    },
    {
      element: 'transport.udp.external-address',
      around: udp({}),
      fallback: undefined,
      set: { ...udp({ externalAddress: '203.0.113.9' }), ...oneNode },
      becomes: '203.0.113.9',
      refused: [[udp({ externalAddress: '203.0.113.9' }), /every node would be announced at this one address/]],
    },
    {
      element: 'transport.udp.external-port',
      around: udp({}),
      fallback: undefined,
      set: { ...udp({ externalAddress: '203.0.113.9', externalPort: 1 }), ...oneNode },
      becomes: '1',
      refused: [[udp({ externalPort: 1 }), /externalPort: goes with an external address/]],
    },
    {
      element: 'transport.udp.multicast-enabled',
      around: udp({}),
      fallback: 'true',
      set: udp({ multicastEnabled: true }),
      becomes: 'true',
      refused: [[udp({ multicastEnabled: false }), /multicastEnabled: must be true: multicast discovery needs it/]],
    },
    {
      element: 'transport.udp.multicast-address',
      around: udp({}),
      fallback: '228.8.8.8',
      set: udp({ multicastAddress: '239.255.255.255' }),
      becomes: '239.255.255.255',
      refused: [
        [
          udp({ multicastAddress: '223.1.1.1' }),
          /must be an IPv4 multicast address, 224\.0\.0\.0 to 239\.255\.255\.255/,
        ],
        [udp({ multicastAddress: '240.0.0.1' }), /must be an IPv4 multicast address/],
      ],
    },
    {
      element: 'transport.udp.multicast-port',
      around: udp({}),
      fallback: '45588',
      set: udp({ multicastPort: 45_589 }),
      becomes: '45589',
      refused: [[udp({ multicastPort: 65_536 }), /multicastPort: must be at most 65535/]],
    },
  ],
  'Table 5: TLS transport': [
    {
      element: 'transport.tcp.tls.enabled',
      fallback: undefined,
      set: tls({}),
      becomes: 'true',
      refused: [
        [
          transport({ tls: {} }),
          /tls\.serverKeystore: TLS between nodes needs the node's key and certificate: name it here, or let Hivekeeper make it with tls: \{ issuer: internal-ca \}/,
        ],
      ],
    },
    {
      element: 'transport.tcp.tls.enabled',
      around: tls({}),
      fallback: 'true',
      set: tls({ enabled: false }),
      becomes: 'false',
      refused: [[tls({ enabled: 1 }), /tls\.enabled: must be true or false/]],
    },
    {
      element: 'transport.tcp.tls.protocols.protocol',
      around: tls({}),
      fallback: undefined,
      set: tls({ protocols: ['TLSv1.2', 'TLSv1.3'] }),
      becomes: ['TLSv1.2', 'TLSv1.3'],
      refused: [
        [tls({ protocols: ['SSLv3'] }), /protocols\[0\]: must be one of TLSv1, TLSv1\.1, TLSv1\.2, TLSv1\.3/],
        [tls({ protocols: [] }), /protocols: must be at least 1 long/],
      ],
    },
    {
      element: 'transport.tcp.tls.cipher-suites.cipher-suite',
      around: tls({}),
      fallback: undefined,
      set: tls({ cipherSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'] }),
      becomes: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'],
      refused: [[tls({ cipherSuites: ['aes-128'] }), /a cipher suite has its Java name/]],
    },
    {
      element: 'transport.tcp.tls.server-keystore.path',
      around: { ...transport({ tls: {} }), tls: { issuer: 'internal-ca' } },
      fallback: '/opt/hivemq/conf/tls/transport-server.p12',
      set: tls({}),
      becomes: '/etc/hivemq/server.jks',
      refused: [
        [tls({ serverKeystore: undefined }), /tls\.serverKeystore: TLS between nodes needs/],
        [
          { ...tls({ serverKeystore: undefined }), tls: { issuer: 'internal-ca' } },
          /tls\.serverKeystore: serverCertificateTruststore is your own, so serverKeystore must be, too/,
        ],
      ],
    },
    {
      element: 'transport.tcp.tls.server-certificate-truststore.path',
      around: { ...transport({ tls: {} }), tls: { issuer: 'internal-ca' } },
      fallback: '/opt/hivemq/conf/tls/transport-server-trust.p12',
      set: tls({}),
      becomes: '/etc/hivemq/trust.jks',
      refused: [
        [tls({ serverCertificateTruststore: undefined }), /tls\.serverCertificateTruststore: TLS between nodes needs/],
      ],
    },
    {
      element: 'transport.tcp.tls.client-authentication-mode',
      around: tls({}),
      fallback: 'NONE',
      set: tls({
        clientAuthenticationMode: 'REQUIRED',
        clientAuthenticationKeystore: keystore,
        clientCertificateTruststore: truststore,
      }),
      becomes: 'REQUIRED',
      refused: [
        [
          tls({ clientAuthenticationMode: 'required' }),
          /clientAuthenticationMode: must be one of NONE, OPTIONAL, REQUIRED/,
        ],
        [
          tls({ clientAuthenticationMode: 'OPTIONAL' }),
          /clientAuthenticationKeystore: TLS between nodes needs the key and certificate that a node shows/,
        ],
      ],
    },
    {
      element: 'transport.tcp.tls.client-authentication-keystore.path',
      around: tls({}),
      fallback: undefined,
      set: tls({ clientAuthenticationKeystore: keystore }),
      becomes: '/etc/hivemq/server.jks',
      refused: [],
    },
    {
      element: 'transport.tcp.tls.client-certificate-truststore.path',
      around: tls({}),
      fallback: undefined,
      set: tls({ clientCertificateTruststore: truststore }),
      becomes: '/etc/hivemq/trust.jks',
      refused: [
        [
          tls({ clientAuthenticationMode: 'REQUIRED', clientAuthenticationKeystore: keystore }),
          /clientCertificateTruststore: TLS between nodes needs the certificates that connecting nodes are checked against/,
        ],
      ],
    },
  ],
  'Tables 6 and 7: stores': [
    {
      element: 'transport.tcp.tls.server-keystore.password',
      fallback: undefined,
      set: tls({}),
      becomes: '${ENV:HIVEKEEPER_TRANSPORT_SERVER_PASSWORD}',
      refused: [
        [
          tls({ serverKeystore: { path: '/a.jks' } }),
          /serverKeystore\.password: a keystore needs its password, as a secret/,
        ],
        [
          tls({ serverKeystore: { path: '/a.jks', password: 'changeme' } }),
          /a secret is a reference.*never the value itself/,
        ],
        [tls({ serverKeystore: { path: 'a.jks', password: secret } }), /must be an absolute path/],
      ],
    },
    {
      element: 'transport.tcp.tls.server-keystore.private-key-password',
      fallback: undefined,
      set: tls({}),
      becomes: '${ENV:HIVEKEEPER_TRANSPORT_SERVER_KEY_PASSWORD}',
      refused: [[tls({ serverKeystore: { ...keystore, privateKeyPassword: 'changeme' } }), /a secret is a reference/]],
    },
    {
      element: 'transport.tcp.tls.server-certificate-truststore.password',
      fallback: undefined,
      set: tls({}),
      becomes: '${ENV:HIVEKEEPER_TRANSPORT_SERVER_TRUST_PASSWORD}',
      refused: [
        [
          tls({ serverCertificateTruststore: { path: '/a.jks' } }),
          /serverCertificateTruststore\.password: a truststore needs its password/,
        ],
      ],
    },
    {
      element: 'transport.tcp.tls.server-certificate-truststore.private-key-password',
      fallback: undefined,
      set: tls({}),
      becomes: undefined,
      refused: [],
    },
  ],
  'Table 9: heartbeat': [
    {
      element: 'failure-detection.heartbeat.enabled',
      fallback: 'true',
      set: heartbeat({ enabled: false }),
      becomes: 'false',
      refused: [[heartbeat({ enabled: 'on' }), /heartbeat\.enabled: must be true or false/]],
    },
    {
      element: 'failure-detection.heartbeat.interval',
      fallback: '3000',
      set: heartbeat({ interval: 5000, timeout: 15_000 }),
      becomes: '5000',
      refused: [
        [heartbeat({ interval: 0 }), /heartbeat\.interval: must be at least 1/],
        [
          heartbeat({ interval: 9000 }),
          /heartbeat\.timeout: must be longer than the interval of 9000 ms: three intervals, 27000, are usual/,
        ],
      ],
    },
    {
      element: 'failure-detection.heartbeat.timeout',
      fallback: '9000',
      set: heartbeat({ timeout: 15_000 }),
      becomes: '15000',
      refused: [[heartbeat({ timeout: 3000 }), /heartbeat\.timeout: must be longer than the interval of 3000 ms/]],
    },
    {
      element: 'failure-detection.heartbeat.interval',
      around: udp({}),
      fallback: '8000',
      set: cluster({
        transport: { type: 'udp' },
        discovery: { type: 'multicast' },
        failureDetection: { heartbeat: { interval: 39_999 } },
      }),
      becomes: '39999',
      refused: [],
    },
    {
      element: 'failure-detection.heartbeat.timeout',
      around: udp({}),
      fallback: '40000',
      set: cluster({
        transport: { type: 'udp' },
        discovery: { type: 'multicast' },
        failureDetection: { heartbeat: { timeout: 8001 } },
      }),
      becomes: '8001',
      refused: [
        [
          cluster({
            transport: { type: 'udp' },
            discovery: { type: 'multicast' },
            failureDetection: { heartbeat: { timeout: 8000 } },
          }),
          /must be longer than the interval of 8000 ms/,
        ],
      ],
    },
  ],
  'Table 10: TCP health check': [
    {
      element: 'failure-detection.tcp-health-check.enabled',
      fallback: 'true',
      set: check({ enabled: false }),
      becomes: 'false',
      refused: [[check({ enabled: 0 }), /tcpHealthCheck\.enabled: must be true or false/]],
    },
    {
      element: 'failure-detection.tcp-health-check.bind-address',
      fallback: undefined,
      set: check({ bindAddress: 'host' }),
      becomes: '10.0.0.11',
      refused: [
        [check({ bindAddress: '10.0.0.9' }), /tcpHealthCheck\.bindAddress: every node would bind this one address/],
      ],
    },
    {
      element: 'failure-detection.tcp-health-check.bind-port',
      fallback: '0',
      set: check({ bindPort: 9000 }),
      becomes: '9000',
      refused: [
        [
          check({ bindPort: 1850 }),
          /tcpHealthCheck\.bindPort: ports 1850 to 1900 and port 1883 of the tcp listener overlap/,
        ],
        [check({ bindPort: 65_536 }), /tcpHealthCheck\.bindPort: must be at most 65535/],
      ],
    },
    {
      element: 'failure-detection.tcp-health-check.external-address',
      fallback: undefined,
      set: { ...check({ externalAddress: '203.0.113.9' }), ...oneNode },
      becomes: '203.0.113.9',
      refused: [
        [check({ externalAddress: '203.0.113.9' }), /tcpHealthCheck\.externalAddress: every node would be announced/],
      ],
    },
    {
      element: 'failure-detection.tcp-health-check.external-port',
      fallback: undefined,
      set: { ...check({ externalAddress: '203.0.113.9', externalPort: 9001 }), ...oneNode },
      becomes: '9001',
      refused: [[check({ externalPort: 9001 }), /tcpHealthCheck\.externalPort: goes with an external address/]],
    },
    {
      element: 'failure-detection.tcp-health-check.port-range',
      fallback: '50',
      set: check({ portRange: 10 }),
      becomes: '10',
      refused: [
        [check({ portRange: -1 }), /tcpHealthCheck\.portRange: must be at least 0/],
        [check({ portRange: 1001 }), /tcpHealthCheck\.portRange: must be at most 1000/],
      ],
    },
  ],
};

describe.each(Object.entries(tables))('%s', (_table, parameters) => {
  it.each(parameters)('$element is $fallback unless the spec says so', ({ element, fallback, around }) => {
    const found = at(clusterElement(specOf(around ?? { cluster: {} })), element);
    if (element === 'discovery.static.node') expect(found).toHaveLength(3);
    else expect(found).toEqual(fallback);
  });

  it.each(parameters)('$element becomes what the spec says', ({ element, set, becomes }) => {
    expect(at(clusterElement(specOf(set)), element)).toEqual(becomes);
  });

  const refused = parameters.flatMap((one) =>
    one.refused.map(([change, message]) => ({ element: one.element, change, message })),
  );
  it.each(refused)('$element: $message', ({ change, message }) => {
    expect(refusals(change).join('\n')).toMatch(message);
  });
});
