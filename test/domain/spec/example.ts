const fingerprint = (letter: string) => `SHA256:${letter.repeat(43)}`;

/** SHA-256 that stands for a package in these tests. */
const packageSha256 = 'ab'.repeat(32);

/** The example of the documentation, as a file would give it, with everything that this version supports. */
export const exampleSpec = () => ({
  apiVersion: 'hivekeeper/v1',
  name: 'prod',
  broker: {
    product: 'hivemq',
    version: '4.30.0',
    package: {
      url: 'https://www.hivemq.com/releases/hivemq-{version}.zip',
      sha256: { '4.30.0': packageSha256 },
    },
    home: '/opt/hivemq',
    user: 'hivemq',
    supervisor: 'systemd',
    java: 'system',
    javaOptions: '-XX:+UseNUMA -Xmx4g',
  },
  ssh: { user: 'ops', port: 22, privateKey: { file: '~/.ssh/id_ed25519' }, become: 'sudo', jump: [] },
  hosts: [
    { name: 'n1', address: '10.0.0.11', hostKey: fingerprint('A') },
    { name: 'n2', address: '10.0.0.12', hostKey: [fingerprint('B'), fingerprint('b')] },
    { name: 'n3', address: '10.0.0.13', hostKey: fingerprint('C') },
    { name: 'n4', address: '10.0.0.14', hostKey: fingerprint('D') },
    { name: 'lb1', address: '10.0.0.5', hostKey: fingerprint('E'), roles: ['load-balancer'] },
    { name: 'rec1', address: '10.0.0.20', hostKey: fingerprint('F'), roles: ['recovery', 'scratch'] },
  ],
  nodes: 3,
  cluster: {
    enabled: true,
    replicaCount: 2,
    transport: { type: 'tcp', bindPort: 7800 },
    discovery: { type: 'static' },
    failureDetection: {
      heartbeat: { enabled: true, interval: 3000, timeout: 9000 },
      tcpHealthCheck: { enabled: true, bindPort: 0, portRange: 50 },
    },
  },
  listeners: [{ type: 'tcp', port: 1883 }],
  restApi: { enabled: true, port: 8888 },
  healthApi: { enabled: true, port: 8889 },
  controlCenter: { enabled: true, port: 8080, users: [] },
  licenses: [],
  extensions: [],
  users: {},
  loadBalancer: { product: 'command', hook: 'gate' },
  backups: {},
  recovery: { tool: { url: 'https://example.org/tool.zip', sha256: packageSha256 }, autoRecover: 'never' },
  schedules: {},
  policy: {
    allowDecommission: true,
    maxUnavailable: 1,
    drain: {
      order: 'before-stop',
      clientsPerSecond: 100,
      timeout: '30m',
      onTimeout: 'fail',
      wills: 'suppress',
    },
    upgrade: { surge: 'auto', canary: 1, soak: '30s', rollback: 'automatic' },
    dataRetention: '7d',
    maintenanceWindows: [],
  },
  notifications: [],
});

/** The fewest keys that make a spec. */
export const minimalSpec = () => {
  const { name, broker, hosts, nodes } = exampleSpec();
  const { product, version, package: source } = broker;
  return {
    name,
    broker: { product, version, package: source },
    ssh: { user: 'ops', privateKey: { file: '/etc/hivekeeper/key' } },
    hosts,
    nodes,
  };
};
