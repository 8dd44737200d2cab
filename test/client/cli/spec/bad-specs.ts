/** One bad spec: top-level blocks of YAML that replace or join those of a good one. The line that is wrong ends in `#!`. */
export interface BadSpec {
  readonly name: string;
  readonly yaml: string;
  /** Path of the issue. */
  readonly path: string;
  /** Part of the sentence that says what to write instead. */
  readonly says: string | RegExp;
}

const zeros = '0'.repeat(64);
const key = (letter: string) => `"SHA256:${letter.repeat(43)}"`;

/** The blocks of a good spec, by their key. */
export const goodBlocks: Readonly<Record<string, string>> = {
  name: 'name: prod',
  broker: `broker:
  product: hivemq
  version: 4.30.0
  package: { url: "https://example.org/hivemq-{version}.zip", sha256: { 4.30.0: "${zeros}" } }`,
  ssh: 'ssh: { user: ops, privateKey: { file: ~/.ssh/id_ed25519 } }',
  hosts: `hosts:
  - { name: n1, address: 10.0.0.11, hostKey: ${key('A')} }
  - { name: n2, address: 10.0.0.12, hostKey: ${key('B')} }
  - { name: n3, address: 10.0.0.13, hostKey: ${key('C')} }`,
  nodes: 'nodes: 3',
  restApi: 'restApi: { enabled: true }',
  healthApi: 'healthApi: { enabled: true }',
};

const brokerWith = (line: string) => `${goodBlocks['broker'] ?? ''}\n  ${line}`;
const s3 = (line: string) => `cluster:
  discovery:
    type: s3
    bucketRegion: eu-central-1
    bucketName: hivemq
    ${line}
extensions: [ { id: hivemq-s3-cluster-discovery-extension, content: { file: s3.zip } } ]`;
const dns = (line: string) => `cluster:
  discovery:
    type: dns
    discoveryAddress: nodes.example.org
    ${line}
extensions: [ { id: hivemq-dns-cluster-discovery, content: { file: dns.zip } } ]`;
const override = (xml: string) => `configOverride: #!
  text: |
${xml
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}`;

const bad = (name: string, yaml: string, path: string, says: string | RegExp): BadSpec => ({ name, yaml, path, says });

const broker: readonly BadSpec[] = [
  bad(
    'version that YAML reads as a number',
    'broker: { product: hivemq, version: 4.30, package: { url: "https://a.example/{version}", sha256: {} } } #!',
    'broker.version',
    'quote it',
  ),
  bad(
    'version of two numbers',
    'broker: { product: hivemq, version: "4.30", package: { url: "https://a.example/{version}", sha256: {} } } #!',
    'broker.version',
    'three numbers, such as 4.30.0',
  ),
  bad(
    'package without a SHA-256',
    `broker:
  product: hivemq
  version: 4.31.0 #!
  package: { url: "https://example.org/{version}.zip", sha256: { 4.30.0: "${zeros}" } }`,
    'broker.version',
    'add it under broker.package.sha256',
  ),
  bad('misspelled key', brokerWith('supervisr: process #!'), 'broker.supervisr', 'did you mean "supervisor"'),
  bad(
    'misspelled choice',
    brokerWith('supervisor: systmd #!'),
    'broker.supervisor',
    'must be one of systemd, process (did you mean "systemd"?)',
  ),
  bad('home that is no absolute path', brokerWith('home: opt/hivemq #!'), 'broker.home', 'must be an absolute path'),
  bad('user name with a blank', brokerWith('user: "hive mq" #!'), 'broker.user', 'small letters, digits'),
  bad('Java as text', brokerWith('java: { text: "#!/bin/sh" } #!'), 'broker.java', /system|url/),
  bad(
    'Java options for a shell',
    brokerWith('javaOptions: "-Xmx1g; reboot" #!'),
    'broker.javaOptions',
    'options start with a dash',
  ),
  bad(
    'Java options that move folders',
    brokerWith('javaOptions: "-Dhivemq.home=/tmp" #!'),
    'broker.javaOptions',
    'leave -Dhivemq.home',
  ),
  bad(
    'Java options that open JMX',
    brokerWith('javaOptions: "-Dcom.sun.management.jmxremote.port=9" #!'),
    'broker.javaOptions',
    'use jmx: { enabled, port }',
  ),
];

const hosts: readonly BadSpec[] = [
  bad('more nodes than hosts', 'nodes: 4 #!', 'nodes', '4 nodes are asked for, and 3 hosts have the role node'),
  bad(
    'host key that is none',
    `hosts:
  - { name: n1, address: 10.0.0.11, hostKey: "ssh-ed25519 AAAA" } #!
nodes: 1`,
    'hosts[0].hostKey',
    'ssh-keygen -lf',
  ),
  bad(
    'one address for two hosts',
    `hosts:
  - { name: n1, address: 10.0.0.11, hostKey: ${key('A')} }
  - name: n2
    address: 10.0.0.11 #!
    hostKey: ${key('B')}
nodes: 2`,
    'hosts[1].address',
    'is already that of host n1',
  ),
  bad('duration without a unit', 'policy: { drain: { timeout: 30 } } #!', 'policy.drain.timeout', 'write 30s or 30ms'),
];

const transport: readonly BadSpec[] = [
  bad(
    'UDP with static discovery',
    `cluster:
  transport:
    type: udp #!`,
    'cluster.transport.type',
    'write discovery: { type: multicast }, or transport: { type: tcp }',
  ),
  bad(
    'UDP with DNS discovery',
    `cluster:
  transport:
    type: udp #!
  discovery: { type: dns, discoveryAddress: a.example }
extensions: [ { id: hivemq-dns-cluster-discovery, content: { file: dns.zip } } ]`,
    'cluster.transport.type',
    'multicast discovery only',
  ),
  bad(
    'multicast over TCP',
    `cluster:
  discovery:
    type: multicast #!`,
    'cluster.discovery.type',
    'write transport: { type: udp }',
  ),
  bad(
    'UDP without multicast',
    `cluster:
  transport:
    type: udp
    multicastEnabled: false #!
  discovery: { type: multicast }`,
    'cluster.transport.multicastEnabled',
    'must be true',
  ),
  bad(
    'TLS over UDP',
    `cluster:
  transport:
    type: udp
    tls: { enabled: true } #!
  discovery: { type: multicast }`,
    'cluster.transport.tls',
    'set type: tcp',
  ),
  bad(
    'multicast address that is none',
    `cluster:
  transport:
    type: udp
    multicastAddress: 10.0.0.1 #!
  discovery: { type: multicast }`,
    'cluster.transport.multicastAddress',
    '224.0.0.0 to 239.255.255.255',
  ),
  bad(
    'unknown transport',
    `cluster:
  transport:
    type: tls #!`,
    'cluster.transport.type',
    'TLS is tcp with tls: { … }',
  ),
  bad(
    'one bind address for all',
    `cluster:
  transport:
    bindAddress: 10.0.0.11 #!`,
    'cluster.transport.bindAddress',
    'use host',
  ),
  bad(
    'transport on the loopback',
    `cluster:
  transport:
    bindAddress: loopback #!`,
    'cluster.transport.bindAddress',
    'write host',
  ),
  bad(
    'one external address for all',
    `cluster:
  transport:
    externalAddress: 203.0.113.5 #!`,
    'cluster.transport.externalAddress',
    'write externalAddress at each of hosts',
  ),
  bad(
    'external port without an address',
    `cluster:
  transport:
    externalPort: 8008 #!`,
    'cluster.transport.externalPort',
    'write externalAddress at each of hosts',
  ),
  bad(
    'transport port 0',
    `cluster:
  transport:
    bindPort: 0 #!`,
    'cluster.transport.bindPort',
    'must be at least 1',
  ),
  bad(
    'transport TLS without a keystore',
    `cluster:
  transport:
    tls: {} #!`,
    'cluster.transport.tls.serverKeystore',
    'tls: { issuer: internal-ca }',
  ),
  bad(
    'keystore of its own, truststore of the issuer',
    `tls: { issuer: internal-ca }
cluster:
  transport:
    tls: { serverKeystore: { path: /etc/a.jks, password: { env: P } } } #!`,
    'cluster.transport.tls.serverCertificateTruststore',
    'must be, too',
  ),
];

const discovery: readonly BadSpec[] = [
  bad(
    'unknown discovery',
    `cluster:
  discovery:
    type: consul #!`,
    'cluster.discovery.type',
    'static, multicast, broadcast, extension, dns, s3',
  ),
  bad(
    'S3 without its extension',
    `cluster:
  discovery:
    type: s3 #!
    bucketRegion: eu-central-1
    bucketName: hivemq`,
    'cluster.discovery.type',
    'content: { file: ./hivemq-s3-cluster-discovery-extension.zip }',
  ),
  bad(
    'DNS without its extension',
    `cluster:
  discovery:
    type: dns #!
    discoveryAddress: nodes.example.org`,
    'cluster.discovery.type',
    '- id: hivemq-dns-cluster-discovery',
  ),
  bad(
    'extension discovery without any',
    `cluster:
  discovery:
    type: extension #!`,
    'cluster.discovery.type',
    'add it to extensions',
  ),
  bad(
    'S3 without a bucket',
    `cluster:
  discovery: #!
    type: s3
    bucketRegion: eu-central-1`,
    'cluster.discovery.bucketName',
    'is missing',
  ),
  bad(
    'bucket name with capitals',
    `cluster:
  discovery:
    type: s3
    bucketRegion: eu-central-1
    bucketName: HiveMQ #!`,
    'cluster.discovery.bucketName',
    '3 to 63 small letters',
  ),
  bad(
    'region that is none',
    `cluster:
  discovery:
    type: s3
    bucketRegion: Frankfurt #!
    bucketName: hivemq`,
    'cluster.discovery.bucketRegion',
    'eu-central-1',
  ),
  bad(
    'renewal as rare as expiry',
    s3('updateInterval: 6m #!'),
    'cluster.discovery.updateInterval',
    /below|shorter|less/,
  ),
  bad('expiry without renewal', s3('updateInterval: 0s #!'), 'cluster.discovery.updateInterval', /both/),
  bad('interval in milliseconds', s3('fileExpiration: 1500ms #!'), 'cluster.discovery.fileExpiration', 'whole seconds'),
  bad(
    'access key without keys',
    s3('credentials: { type: access_key } #!'),
    'cluster.discovery.credentials.accessKeyId',
    /accessKeyId|access_key/,
  ),
  bad(
    'session token with plain keys',
    s3(
      'credentials: { type: access_key, accessKeyId: { env: A }, secretAccessKey: { env: B }, sessionToken: { env: C } } #!',
    ),
    'cluster.discovery.credentials.sessionToken',
    'temporary_session',
  ),
  bad(
    'secret key written out',
    s3('credentials: { type: access_key, accessKeyId: { env: A }, secretAccessKey: hunter2 } #!'),
    'cluster.discovery.credentials.secretAccessKey',
    'a secret is a reference',
  ),
  bad(
    'S3 behind a wildcard address',
    `cluster:
  transport:
    bindAddress: 0.0.0.0 #!
  discovery: { type: s3, bucketRegion: eu-central-1, bucketName: hivemq }
extensions: [ { id: hivemq-s3-cluster-discovery-extension, content: { file: s3.zip } } ]`,
    'cluster.transport.bindAddress',
    /external|host/,
  ),
  bad('DNS interval below a second', dns('reloadInterval: 500ms #!'), 'cluster.discovery.reloadInterval', 'write 30s'),
  bad(
    'broadcast address that is none',
    `cluster:
  discovery:
    type: broadcast
    broadcastAddress: everybody #!`,
    'cluster.discovery.broadcastAddress',
    '192.168.1.255',
  ),
  bad(
    'heartbeat that times out at once',
    `cluster:
  failureDetection:
    heartbeat:
      interval: 9000
      timeout: 9000 #!`,
    'cluster.failureDetection.heartbeat.timeout',
    'three intervals, 27000, are usual',
  ),
  bad(
    'no replicas',
    `cluster:
  replicaCount: 0 #!`,
    'cluster.replicaCount',
    'must be at least 1',
  ),
  bad(
    'as many down as there are replicas',
    `policy:
  maxUnavailable: 2 #!`,
    'policy.maxUnavailable',
    'must be below cluster.replicaCount, which is 2',
  ),
];

const listeners: readonly BadSpec[] = [
  bad(
    'unknown listener',
    'listeners: [ { type: quic, port: 1883 } ] #!',
    'listeners[0].type',
    'tcp, tls-tcp, websocket or tls-websocket',
  ),
  bad(
    'port beyond 65535',
    'listeners: [ { type: tcp, port: 70000 } ] #!',
    'listeners[0].port',
    'must be at most 65535',
  ),
  bad(
    'two on one port',
    `listeners:
  - { type: tcp, port: 1883 }
  - { type: websocket, port: 1883 } #!`,
    'listeners[1].port',
    'is already that of the tcp listener',
  ),
  bad(
    'two of one name',
    `listeners:
  - { type: tcp, port: 1883, name: devices }
  - { type: tcp, port: 1884, name: devices } #!`,
    'listeners[1].name',
    'give each its own name',
  ),
  bad(
    'TLS without a keystore',
    'listeners: [ { type: tls-tcp, port: 8883 } ] #!',
    'listeners[0].tls.keystore',
    'issuer: internal-ca',
  ),
  bad(
    'TLS on a plain listener',
    'listeners: [ { type: tcp, port: 8883, tls: {} } ] #!',
    'listeners[0].tls',
    'unknown key "tls"',
  ),
  bad(
    'keystore without a password',
    'listeners: [ { type: tls-tcp, port: 8883, tls: { keystore: { path: /etc/a.jks } } } ] #!',
    'listeners[0].tls.keystore.password',
    '{ env: NAME } or { file: PATH }',
  ),
  bad(
    'keystore in two forms',
    'listeners: [ { type: tls-tcp, port: 8883, tls: { keystore: { path: /etc/a.jks, content: { file: a.p12 }, password: { env: P } } } } ] #!',
    'listeners[0].tls.keystore',
    'give exactly one of',
  ),
  bad(
    'key material as text',
    'listeners: [ { type: tls-tcp, port: 8883, tls: { keystore: { certificate: { file: a.pem }, privateKey: { text: "-----BEGIN" } } } } ] #!',
    'listeners[0].tls.keystore.privateKey',
    'would be kept in histories',
  ),
  bad(
    'TLS listeners of one port at two addresses, whose key material would have one name',
    `tls: { issuer: internal-ca }
listeners:
  - { type: tls-tcp, port: 8883, bindAddress: host }
  - { type: tls-tcp, port: 8883, bindAddress: loopback } #!`,
    'listeners[1].port',
    'another listener with TLS has the port 8883, at another address; give each its own port',
  ),
  bad(
    'client certificates without a truststore',
    `tls: { issuer: internal-ca }
listeners: [ { type: tls-tcp, port: 8883, tls: { clientAuthenticationMode: REQUIRED } } ] #!`,
    'listeners[0].tls.truststore',
    'write truststore:',
  ),
  bad(
    'protocol that is none',
    `tls: { issuer: internal-ca }
listeners: [ { type: tls-tcp, port: 8883, tls: { protocols: [SSLv3] } } ] #!`,
    'listeners[0].tls.protocols[0]',
    'TLSv1.3',
  ),
  bad(
    'path without a slash',
    'listeners: [ { type: websocket, port: 8000, path: mqtt } ] #!',
    'listeners[0].path',
    'starts with a slash',
  ),
  bad('issuer by hook without a hook', 'tls: { issuer: command } #!', 'tls.hook', 'hook goes with issuer: command'),
];

const apis: readonly BadSpec[] = [
  bad(
    'open REST API',
    'restApi: { enabled: true, bindAddress: 0.0.0.0 } #!',
    'restApi.bindAddress',
    'needs restApi.auth',
  ),
  bad(
    'open Control Center',
    'controlCenter: { enabled: true, bindAddress: host } #!',
    'controlCenter.bindAddress',
    'name its users, or use loopback',
  ),
  bad(
    'Control Center nowhere',
    'controlCenter: { enabled: true, http: false } #!',
    'controlCenter.http',
    'add https: { port: 8443 }',
  ),
  bad(
    'Control Center password written out',
    'controlCenter: { enabled: true, users: [ { name: admin, password: hivemq } ] } #!',
    'controlCenter.users[0].password',
    'never the value itself',
  ),
  bad(
    'Control Center user twice',
    'controlCenter: { enabled: true, users: [ { name: a, password: { env: A } }, { name: a, password: { env: A } } ] } #!',
    'controlCenter.users[1].name',
    'give each user one entry',
  ),
  bad(
    'health API on the port of the REST API',
    'healthApi: { enabled: true, port: 8888 } #!',
    'healthApi.port',
    'is already that of the REST API',
  ),
  bad(
    'JMX on a taken port',
    `listeners: [ { type: tcp, port: 9010 } ]
jmx: { enabled: true } #!`,
    'jmx.port',
    'is already that of',
  ),
];

const limits: readonly BadSpec[] = [
  bad(
    'quality of service 3',
    'mqtt: { qualityOfService: { maxQos: 3 } } #!',
    'mqtt.qualityOfService.maxQos',
    'must be at most 2',
  ),
  bad(
    'element of config.xml by its own name',
    'mqtt: { queued-messages: { } } #!',
    'mqtt.queued-messages',
    'queuedMessages',
  ),
  bad(
    'strategy of the old framework',
    'mqtt: { queuedMessages: { strategy: discard_oldest } } #!',
    'mqtt.queuedMessages.strategy',
    'did you mean "discard-oldest"',
  ),
  bad(
    'client id without any length',
    'restrictions: { maxClientIdLength: 0 } #!',
    'restrictions.maxClientIdLength',
    'must be at least 1',
  ),
  bad(
    'text for a number',
    'restrictions: { maxConnections: "many" } #!',
    'restrictions.maxConnections',
    'must be a number, not text',
  ),
  bad('log level that is none', 'logLevel: VERBOSE #!', 'logLevel', 'TRACE, DEBUG, INFO, WARN, ERROR'),
  bad('variable that Hivekeeper sets', 'env: { JAVA_OPTS: -Xmx1g } #!', 'env.JAVA_OPTS', 'use broker.javaOptions'),
  bad('folder by variable', 'env: { HIVEMQ_DATA_FOLDER: /data } #!', 'env.HIVEMQ_DATA_FOLDER', 'use broker.home'),
  bad('variable in small letters', 'env: { my_token: a } #!', 'env.my_token', 'capital letters'),
  bad(
    'variable with a shell in it',
    'env: { TOKEN: "$(cat /etc/shadow)" } #!',
    'env.TOKEN',
    'anything else goes as a secret reference',
  ),
];

const content: readonly BadSpec[] = [
  bad(
    'license of no kind',
    'licenses: [ { name: prod.txt, content: { file: prod.lic } } ] #!',
    'licenses[0].name',
    '.lic (broker), .elic (extension) or .plic',
  ),
  bad(
    'license in broken base64',
    'licenses: [ { name: prod.lic, content: { base64: "abc" } } ] #!',
    'licenses[0].content.base64',
    'must be base64',
  ),
  bad(
    'license twice',
    'licenses: [ { name: a.lic, content: { file: a } }, { name: a.lic, content: { file: b } } ] #!',
    'licenses[1].name',
    'give each file its own name',
  ),
  bad('extension twice', 'extensions: [ { id: a }, { id: a } ] #!', 'extensions[1].id', 'keep one entry'),
  bad(
    'download without a SHA-256',
    'extensions: [ { id: a, content: { url: "https://a.example/a.zip" } } ] #!',
    'extensions[0].content.sha256',
    'is missing',
  ),
  bad(
    'file beside the extension',
    'extensions: [ { id: a, files: { ../../current: { text: x } } } ] #!',
    'extensions[0].files["../../current"]',
    'a path inside the folder of the extension',
  ),
  bad(
    'extension disabled by a file',
    'extensions: [ { id: a, files: { DISABLED: { text: "" } } } ] #!',
    'extensions[0].files.DISABLED',
    'write enabled: false',
  ),
  bad(
    'program among the files',
    'extensions: [ { id: a, files: { own.jar: { file: own.jar } } } ] #!',
    'extensions[0].files["own.jar"]',
    'held to its SHA-256',
  ),
];

const overrides: readonly BadSpec[] = [
  bad(
    'override that is not well-formed',
    override('<hivemq><listeners></hivemq>'),
    'configOverride',
    'is not well-formed: line 1, column',
  ),
  bad('override of another kind', override('<configuration/>'), 'configOverride', 'has no root element <hivemq>'),
  bad(
    'override with a placeholder that nobody sets',
    override('<hivemq><a>${PASSWORD}</a></hivemq>'),
    'configOverride',
    'add PASSWORD to env',
  ),
  bad(
    'override without the cluster',
    override('<hivemq><cluster><enabled>false</enabled></cluster></hivemq>'),
    'configOverride',
    'cluster.enabled of the spec is true',
  ),
  bad(
    'override whose static list lacks a host',
    override('<hivemq><cluster><enabled>true</enabled>\n<discovery><static></static></discovery></cluster></hivemq>'),
    'configOverride',
    /line 2: <cluster>\/<discovery>\/<static> has no <node> for host \w+, .*name every host with the role node/,
  ),
  bad(
    'override without the listener',
    override('<hivemq><listeners/></hivemq>'),
    'configOverride',
    'no <tcp-listener> has the port 1883',
  ),
];

const window = (line: string) => `policy:
  maintenanceWindows:
    - cron: 0 2 * * SAT
      timeZone: Europe/Berlin
      duration: 4h
    -
      ${line}`;

const windows = [
  bad(
    'a window in an unknown zone',
    window('timeZone: Europe/Berlim #!\n      cron: 0 2 * * SAT\n      duration: 4h'),
    'policy.maintenanceWindows[1].timeZone',
    'is no time zone that is known here',
  ),
  bad(
    'a window at no hour of the day',
    window('cron: 0 24 * * SAT #!\n      duration: 4h'),
    'policy.maintenanceWindows[1].cron',
    'Invalid value for hour: 24',
  ),
  bad(
    'a window on no day of the year',
    window('cron: 0 2 30 2 * #!\n      duration: 4h'),
    'policy.maintenanceWindows[1].cron',
    'never opens',
  ),
  bad(
    'a window that never closes',
    window('cron: 0 2 * * SAT\n      duration: 7d #!'),
    'policy.maintenanceWindows[1].duration',
    'would never close',
  ),
];

export const badSpecs: readonly BadSpec[] = [
  ...broker,
  ...hosts,
  ...transport,
  ...discovery,
  ...listeners,
  ...apis,
  ...limits,
  ...content,
  ...overrides,
  ...windows,
];
