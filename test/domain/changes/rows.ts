import { type ClusterSpec, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { asHivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { renderConfigXml } from '../../../src/render/products/hivemq/config-xml.js';
import { exampleSpec } from '../spec/example.js';

export type Document = Record<string, unknown>;

/** One changed file: what is put over the base before and after, and what the difference then says, with its effect. */
export interface Row {
  readonly before?: Document;
  readonly after: Document;
  readonly expected: readonly (string | RegExp)[];
  /** The difference says more besides. */
  readonly among?: true;
}

const isMapping = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of another type would be in its way. */
const sameKind = (old: Document, value: Document): boolean =>
  ['type', 'product'].every((key) => value[key] === undefined || value[key] === old[key]);

/** Mappings are merged, everything else is replaced. */
function merge(base: Document, over: Document): Document {
  const merged: Document = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isMapping(old) && isMapping(value) && sameKind(old, value) ? merge(old, value) : value;
  }
  return merged;
}

/** The base with these over it; null where they do not go together. */
export function possibleSpec(...over: Document[]): ClusterSpec | null {
  const result = parseClusterSpec(over.reduce(merge, exampleSpec()));
  return result.ok ? result.spec : null;
}

export function specOf(...over: Document[]): ClusterSpec {
  const result = parseClusterSpec(over.reduce(merge, exampleSpec()));
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.spec;
}

const hostsWith = (index: number, more: Document): Document => ({
  hosts: exampleSpec().hosts.map((host, at) => (at === index ? { ...host, ...more } : host)),
});
const stored = (letter: string, name: string): Document => ({ stored: letter.repeat(64), name, bytes: 10 });
const tlsListener = (keystore: Document): Document => ({
  listeners: [{ type: 'tls-tcp', port: 8883, tls: { keystore } }],
});
const password = { env: 'KEY_PASSWORD' };
const transport = (tls: Document): Document => ({ cluster: { transport: { tls } } });
const trust = { certificates: { text: 'pem' } };
const keystore = (letter: string): Document => ({ content: stored(letter, 'node.p12'), password });
const discovery = (value: Document): Document => ({ cluster: { discovery: value } });
const fileRbac = (more: Document): Document => ({
  extensions: [{ id: 'hivemq-file-rbac-extension', content: stored('a', 'rbac.zip'), ...more }],
});
const people = (...names: string[]): Document => ({
  users: names.map((name) => ({ name, password: { env: 'ANN' }, roles: ['all'] })),
  roles: [{ id: 'all', permissions: [{ topic: '#' }] }],
});
const udp = (value: Document): Document => ({
  cluster: {
    transport: { type: 'udp', bindPort: 7800 },
    discovery: value,
    failureDetection: { heartbeat: { interval: 8000, timeout: 40_000 } },
  },
});
const s3 = (more: Document = {}): Document => ({
  ...discovery({ type: 's3', bucketRegion: 'eu-central-1', bucketName: 'prod-nodes', ...more }),
  extensions: [{ id: 'hivemq-s3-cluster-discovery-extension', content: stored('5', 's3.zip') }],
});
const dns = (address: string): Document => ({
  ...discovery({ type: 'dns', discoveryAddress: address }),
  extensions: [{ id: 'hivemq-dns-cluster-discovery', content: stored('6', 'dns.zip') }],
});
const internalCa = (more: Document = {}): Document => ({ tls: { issuer: 'internal-ca', ...more } });
export const extension = (more: Document): Document => ({
  extensions: [{ id: 'audit', content: stored('a', 'audit.zip'), ...more }],
});
const { hosts } = exampleSpec();
/** The file that the base would get, with every host in its list and the own address of each. */
const ownConfig: Document = {
  text: renderConfigXml(asHivemqSpec(specOf()), ['n1', 'n2', 'n3', 'n4'], 'n1').replaceAll(
    '<bind-address>10.0.0.11<',
    '<bind-address>${HIVEKEEPER_CLUSTER_ADDRESS}<',
  ),
};

/** By what the change is; every rule of the product and of the common keys has one at least. */
export const rows: Readonly<Record<string, Row>> = {
  nothing: { after: {}, expected: [] },
  'another order of hosts': { after: { hosts: [...hosts].reverse() }, expected: [] },
  'the level of the log': { after: { logLevel: 'DEBUG' }, expected: ['~ logLevel: INFO -> DEBUG | hot'] },
  'a heartbeat': {
    after: { cluster: { failureDetection: { heartbeat: { interval: 4000 } } } },
    expected: ['~ cluster.failureDetection.heartbeat.interval: 3000 -> 4000 | restart'],
  },
  'a new listener': {
    after: {
      listeners: [
        { type: 'tcp', port: 1883 },
        { type: 'websocket', port: 8000 },
      ],
    },
    expected: [
      '+ listeners[websocket:8000]: { type: websocket, port: 8000, bindAddress: 0.0.0.0, proxyProtocol: false, path: /mqtt, subprotocols: [mqttv3.1, mqtt], allowExtensions: false } | restart',
    ],
  },
  'a listener on another port, which had no name': {
    after: { listeners: [{ type: 'tcp', port: 1884 }] },
    expected: [
      '- listeners[tcp:1883]: { type: tcp, port: 1883, bindAddress: 0.0.0.0, proxyProtocol: false } | restart',
      '+ listeners[tcp:1884]: { type: tcp, port: 1884, bindAddress: 0.0.0.0, proxyProtocol: false } | restart',
    ],
  },
  'a listener on another port, which had one': {
    before: { listeners: [{ type: 'tcp', port: 1883, name: 'plain' }] },
    after: { listeners: [{ type: 'tcp', port: 1884, name: 'plain' }] },
    expected: ['~ listeners[plain].port: 1883 -> 1884 | restart'],
  },
  'the keystore of a listener': {
    before: tlsListener(keystore('a')),
    after: tlsListener(keystore('b')),
    expected: [
      '~ listeners[tls-tcp:8883].tls.keystore.content: node.p12 (sha256 aaaaaaaaaaaa) -> node.p12 (sha256 bbbbbbbbbbbb) | hot',
    ],
  },
  'the password of a keystore': {
    before: tlsListener(keystore('a')),
    after: tlsListener({ ...keystore('a'), password: { file: '/etc/key' } }),
    expected: ['~ listeners[tls-tcp:8883].tls.keystore.password: secret $KEY_PASSWORD -> file /etc/key | restart'],
  },
  'where a content is found, and not its hash': {
    before: tlsListener(keystore('a')),
    after: tlsListener({ content: stored('a', 'renamed.p12'), password }),
    expected: [],
  },
  'a limit of MQTT': {
    after: { mqtt: { queuedMessages: { maxQueueSize: 5 } } },
    expected: [/^\+ mqtt: \{ sessionExpiry: .*… \| restart$/],
  },
  'a restriction': {
    before: { restrictions: { maxConnections: 10 } },
    after: { restrictions: { maxConnections: 20 } },
    expected: ['~ restrictions.maxConnections: 10 -> 20 | restart'],
  },
  'strictness against clients': {
    before: { security: {} },
    after: { security: { allowEmptyClientId: { enabled: false } } },
    expected: ['~ security.allowEmptyClientId.enabled: true -> false | restart'],
  },
  'overload protection': {
    after: { overloadProtection: { enabled: false } },
    expected: ['+ overloadProtection: { enabled: false } | restart'],
  },
  'the REST API': { after: { restApi: { port: 8890 } }, expected: ['~ restApi.port: 8888 -> 8890 | restart'] },
  'the health API': { after: { healthApi: { port: 8890 } }, expected: ['~ healthApi.port: 8889 -> 8890 | restart'] },
  'the Control Center': {
    after: { controlCenter: { enabled: false } },
    expected: ['~ controlCenter.enabled: true -> false | restart'],
  },
  'a user of the Control Center': {
    after: { controlCenter: { users: [{ name: 'ann', password: { env: 'ANN' } }] } },
    expected: ['+ controlCenter.users[ann]: { name: ann, password: secret $ANN } | restart'],
  },
  'a variable of the environment': { after: { env: { ZONE: 'a' } }, expected: ['+ env.ZONE: a | restart'] },
  JMX: { after: { jmx: { enabled: true } }, expected: ['~ jmx.enabled: false -> true | restart'] },
  'options of Java': {
    after: { broker: { javaOptions: '-Xmx8g' } },
    expected: ['~ broker.javaOptions: -XX:+UseNUMA -Xmx4g -> -Xmx8g | restart'],
  },
  'a license': {
    after: { licenses: [{ name: 'prod.lic', content: stored('c', 'prod.lic') }] },
    expected: ['+ licenses[prod.lic]: { name: prod.lic, content: prod.lic (sha256 cccccccccccc) } | hot'],
  },
  'an extension': {
    after: extension({}),
    expected: [
      '+ extensions[audit]: { id: audit, content: audit.zip (sha256 aaaaaaaaaaaa), enabled: true, files: none, supportsHotReload: true } | hot',
    ],
  },
  'an extension that is switched off': {
    before: extension({}),
    after: extension({ enabled: false }),
    expected: ['~ extensions[audit].enabled: true -> false | hot'],
  },
  'the versions that an extension goes with': {
    before: extension({}),
    after: extension({ requires: { maximum: '4.31.0' } }),
    expected: [/^\+ extensions\[audit\]\.requires: .*4\.31\.0.* \| nothing$/],
  },
  'a file of an extension': {
    before: extension({ files: { 'conf/config.properties': { text: 'port=1\n' } } }),
    after: extension({ files: { 'conf/config.properties': { text: 'port=2\n' } } }),
    expected: ['~ extensions[audit].files[conf/config.properties]: text of 1 lines -> text of 1 lines, changed | hot'],
  },
  'users for the first time': {
    after: { users: { ...people('ann'), extension: stored('a', 'rbac.zip') } },
    expected: [
      '+ users.users[ann]: { name: ann, password: secret $ANN, roles: [all] } | hot',
      /^\+ users\.roles\[all\]: \{ id: all, permissions: .* \| hot$/,
      '+ users.extension: rbac.zip (sha256 aaaaaaaaaaaa) | hot',
    ],
  },
  'one more user': {
    before: { ...fileRbac({}), users: people('ann') },
    after: { users: people('ann', 'bob') },
    expected: ['+ users.users[bob]: { name: bob, password: secret $ANN, roles: [all] } | hot'],
  },
  'how passwords stand in the file': {
    before: { ...fileRbac({}), users: people('ann') },
    after: { users: { passwordType: 'plain' } },
    expected: ['~ users.passwordType: hashed -> plain | hot'],
  },
  'the same with an extension that is started with the broker alone': {
    before: { ...fileRbac({ supportsHotReload: false }), users: people('ann') },
    after: { users: { passwordType: 'plain' } },
    expected: ['~ users.passwordType: hashed -> plain | restart'],
  },
  'settings of users where there are none': {
    after: { users: { reloadInterval: '9s' } },
    expected: ['~ users.reloadInterval: 5s -> 9s | nothing'],
  },
  'users that go, and nobody says who is let in then': {
    before: { ...fileRbac({}), users: people('ann') },
    after: { users: { users: [], roles: [] } },
    expected: [/^- users\.users\[ann\]: .* \| refused$/, /^- users\.roles\[all\]: .* \| refused$/],
  },
  'the encryption of cluster transport': {
    after: transport({ serverKeystore: keystore('a'), serverCertificateTruststore: trust }),
    expected: [/^\+ cluster\.transport\.tls: \{ enabled: true, .*\| refused$/],
  },
  'the keystore of cluster transport': {
    before: transport({ serverKeystore: keystore('a'), serverCertificateTruststore: trust }),
    after: transport({ serverKeystore: keystore('b'), serverCertificateTruststore: trust }),
    expected: [
      '~ cluster.transport.tls.serverKeystore.content: node.p12 (sha256 aaaaaaaaaaaa) -> node.p12 (sha256 bbbbbbbbbbbb) | restart',
    ],
  },
  'the port of cluster transport': {
    after: { cluster: { transport: { bindPort: 7900 } } },
    expected: ['~ cluster.transport.bindPort: 7800 -> 7900 | refused'],
  },
  'the type of cluster transport': {
    after: udp({ type: 'multicast' }),
    among: true,
    expected: ['~ cluster.transport.type: tcp -> udp | refused'],
  },
  clustering: {
    after: { cluster: { enabled: false } },
    expected: ['~ cluster.enabled: true -> false | refused'],
  },
  'from static to S3 discovery': {
    after: s3(),
    among: true,
    expected: ['~ cluster.discovery.type: static -> s3 | restart'],
  },
  'from S3 to DNS discovery': {
    before: s3(),
    after: dns('nodes.example.org'),
    among: true,
    expected: ['~ cluster.discovery.type: s3 -> dns | refused'],
  },
  'the port of broadcast discovery': {
    before: discovery({ type: 'broadcast' }),
    after: discovery({ type: 'broadcast', port: 8600 }),
    expected: ['~ cluster.discovery.port: 8555 -> 8600 | refused'],
  },
  'the name of DNS discovery': {
    before: dns('a.example.org'),
    after: dns('b.example.org'),
    expected: ['~ cluster.discovery.discoveryAddress: a.example.org -> b.example.org | restart'],
  },
  'the interval of S3 discovery': {
    before: s3(),
    after: s3({ updateInterval: '2m' }),
    expected: ['~ cluster.discovery.updateInterval: 3m -> 2m | hot'],
  },
  'an S3 key in the settings of the extension': {
    before: s3({ credentials: { type: 'access_key', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } } }),
    after: s3({ credentials: { type: 'access_key', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'C' } } }),
    expected: ['~ cluster.discovery.credentials.secretAccessKey: secret $B -> secret $C | hot'],
  },
  'an S3 key in the environment': {
    before: s3({
      credentials: { type: 'environment_variables', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } },
    }),
    after: s3({
      credentials: { type: 'environment_variables', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'C' } },
    }),
    expected: ['~ cluster.discovery.credentials.secretAccessKey: secret $B -> secret $C | restart'],
  },
  'the end of an S3 session': {
    before: s3({
      credentials: {
        type: 'temporary_session',
        accessKeyId: { env: 'A' },
        secretAccessKey: { env: 'B' },
        sessionToken: { env: 'C' },
        expires: '2027-01-01T00:00:00Z',
      },
    }),
    after: s3({
      credentials: {
        type: 'temporary_session',
        accessKeyId: { env: 'A' },
        secretAccessKey: { env: 'B' },
        sessionToken: { env: 'C' },
        expires: '2027-02-01T00:00:00Z',
      },
    }),
    expected: ['~ cluster.discovery.credentials.expires: 2027-01-01T00:00:00Z -> 2027-02-01T00:00:00Z | nothing'],
  },
  'a name in the certificates of listeners': {
    before: { ...internalCa(), listeners: [{ type: 'tls-tcp', port: 8883 }] },
    after: { ...internalCa({ alternativeNames: ['mqtt.example.org'] }), listeners: [{ type: 'tls-tcp', port: 8883 }] },
    expected: ['~ tls.alternativeNames: none -> [mqtt.example.org] | hot'],
  },
  'a name in the certificates of cluster transport': {
    before: { ...internalCa(), ...transport({}) },
    after: { ...internalCa({ alternativeNames: ['mqtt.example.org'] }), ...transport({}) },
    expected: ['~ tls.alternativeNames: none -> [mqtt.example.org] | restart'],
  },
  'a name in certificates that nobody uses': {
    before: internalCa(),
    after: internalCa({ alternativeNames: ['mqtt.example.org'] }),
    expected: ['~ tls.alternativeNames: none -> [mqtt.example.org] | nothing'],
  },
  'how long certificates are valid': {
    after: { tls: { validity: '30d' } },
    expected: ['~ tls.validity: 90d -> 30d | nothing'],
  },
  'a whole config.xml': {
    after: { configOverride: ownConfig },
    expected: [/^\+ configOverride: text of \d+ lines \| restart$/],
  },
  'a limit beside a whole config.xml': {
    before: { configOverride: ownConfig, restrictions: { maxConnections: 10 } },
    after: { restrictions: { maxConnections: 20 } },
    expected: ['~ restrictions.maxConnections: 10 -> 20 | nothing'],
  },
  'what else is in config.xml beside a whole one': {
    before: { configOverride: ownConfig },
    after: {
      listeners: [{ type: 'tcp', port: 1883, name: 'other' }],
      controlCenter: { port: 8090 },
      cluster: { discovery: { type: 'broadcast' } },
    },
    among: true,
    expected: [
      '~ controlCenter.port: 8080 -> 8090 | nothing',
      '~ cluster.discovery.type: static -> broadcast | nothing',
      '+ listeners[other]: { type: tcp, port: 1883, bindAddress: 0.0.0.0, name: other, proxyProtocol: false } | nothing',
    ],
  },
  'cluster transport of independent nodes': {
    before: { cluster: { enabled: false } },
    after: { cluster: { transport: { bindPort: 7900 } } },
    expected: ['~ cluster.transport.bindPort: 7800 -> 7900 | nothing'],
  },
  'the port of what is off': {
    before: { controlCenter: { enabled: false } },
    after: { controlCenter: { port: 8090 }, jmx: { port: 9020 } },
    expected: ['~ controlCenter.port: 8080 -> 8090 | nothing', '~ jmx.port: 9010 -> 9020 | nothing'],
  },
  'the version': {
    before: { broker: { package: { sha256: { '4.31.0': 'cd'.repeat(32) } } } },
    after: { broker: { version: '4.31.0', package: { sha256: { '4.31.0': 'cd'.repeat(32) } } } },
    expected: ['~ broker.version: 4.30.0 -> 4.31.0 | restart'],
  },
  'the package of a later version': {
    after: { broker: { package: { sha256: { '4.31.0': 'cd'.repeat(32) } } } },
    expected: [/^\+ broker\.package\.sha256\[4\.31\.0\]: (cd)+ \| nothing$/],
  },
  'the home of all hosts': {
    after: { broker: { home: '/srv/hivemq' } },
    expected: ['~ broker.home: /opt/hivemq -> /srv/hivemq | refused'],
  },
  'a home that no member uses': {
    before: { hosts: hosts.map((host) => ({ ...host, home: '/data/hivemq' })) },
    after: { broker: { home: '/srv/hivemq' }, hosts: hosts.map((host) => ({ ...host, home: '/data/hivemq' })) },
    expected: ['~ broker.home: /opt/hivemq -> /srv/hivemq | nothing'],
  },
  'the user of the broker': {
    after: { broker: { user: 'mqtt' } },
    expected: ['~ broker.user: hivemq -> mqtt | refused'],
  },
  'the supervisor': {
    after: { broker: { supervisor: 'process' } },
    expected: ['~ broker.supervisor: systemd -> process | refused'],
  },
  'the address of a member': {
    after: hostsWith(0, { address: '10.0.0.99' }),
    expected: ['~ hosts[n1].address: 10.0.0.11 -> 10.0.0.99 | refused'],
  },
  'the cluster address of a member': {
    after: hostsWith(1, { clusterAddress: '10.9.9.9' }),
    expected: ['+ hosts[n2].clusterAddress: 10.9.9.9 | refused'],
  },
  'the address of a spare host': {
    after: hostsWith(3, { address: '10.0.0.99' }),
    expected: ['~ hosts[n4].address: 10.0.0.14 -> 10.0.0.99 | nothing'],
  },
  'the role of a member': {
    before: { nodes: 3 },
    after: hostsWith(2, { roles: ['scratch'] }),
    expected: ['~ hosts[n3].roles: [node] -> [scratch] | refused'],
  },
  'a member that is left out': {
    after: { hosts: hosts.filter(({ name }) => name !== 'n2') },
    expected: [/^- hosts\[n2\]: \{ name: n2, address: 10\.0\.0\.12, .*\| refused$/],
  },
  'another host key': {
    after: hostsWith(0, { hostKey: `SHA256:${'Z'.repeat(43)}` }),
    expected: [/^~ hosts\[n1\]\.hostKey: .*\| nothing$/],
  },
  'one more node': { after: { nodes: 4 }, expected: ['~ nodes: 3 -> 4 | members'] },
  'one node less': { after: { nodes: 2 }, expected: ['~ nodes: 3 -> 2 | refused'] },
  'the log-in': { after: { ssh: { user: 'admin' } }, expected: ['~ ssh.user: ops -> admin | nothing'] },
  'the pace of a drain': {
    after: { policy: { drain: { timeout: '10m' } } },
    expected: ['~ policy.drain.timeout: 30m -> 10m | nothing'],
  },
  'the load balancer': {
    after: { loadBalancer: { hook: 'other' } },
    expected: ['~ loadBalancer.hook: gate -> other | nothing'],
  },
  'a frontend of HAProxy': {
    before: { loadBalancer: { product: 'haproxy', frontends: [{ listener: 'tcp', port: 1883 }] } },
    after: { loadBalancer: { frontends: [{ listener: 'tcp', port: 1884 }] } },
    expected: [/^~ loadBalancer\.frontends: .*port: 1883.* -> .*port: 1884.* \| nothing$/],
  },
  'the folder of HAProxy': {
    before: { loadBalancer: { product: 'haproxy', frontends: [{ listener: 'tcp', port: 1883 }] } },
    after: { loadBalancer: { home: '/srv/balancer' } },
    expected: ['~ loadBalancer.home: /opt/hivekeeper-balancer -> /srv/balancer | nothing'],
  },
  'the fencing hook': {
    after: { fencing: { hook: 'power' } },
    expected: ['+ fencing: { hook: power } | nothing'],
  },
};
