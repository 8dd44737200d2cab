import { describe, expect, it } from 'vitest';
import { discoveryJavaOptions, discoveryManifest } from '../../../src/render/products/hivemq/discovery-manifest.js';
import { specWarnings } from '../../../src/domain/spec/index.js';
import { at, clusterElement, propertiesOf, refusals, specOf } from './support/rendered-cluster.js';

/** One parameter of a discovery extension: its name in the file, and what a spec may say of it. */
interface Parameter {
  readonly name: string;
  /** Value in the file when the spec does not say; undefined: no line. */
  readonly fallback: string | undefined;
  readonly set: object;
  readonly becomes: string;
  readonly refused: readonly (readonly [object, RegExp])[];
}

const s3Id = 'hivemq-s3-cluster-discovery-extension';
const dnsId = 'hivemq-dns-cluster-discovery';
const bucket = { type: 's3', bucketRegion: 'eu-central-1', bucketName: 'hivemq' };
const withS3 = (value: object) => ({ cluster: { discovery: { ...bucket, ...value } }, extensions: [{ id: s3Id }] });
const withDns = (value: object) => ({
  cluster: { discovery: { type: 'dns', discoveryAddress: 'nodes.example.org', ...value } },
  extensions: [{ id: dnsId }],
});
const key = { accessKeyId: { env: 'KEY_ID' }, secretAccessKey: { env: 'KEY' } };
const session = { ...key, sessionToken: { env: 'TOKEN' } };
const credentials = (value: object) => withS3({ credentials: value });

const s3: readonly Parameter[] = [
  {
    name: 's3-bucket-region',
    fallback: 'eu-central-1',
    set: withS3({ bucketRegion: 'us-gov-west-1' }),
    becomes: 'us-gov-west-1',
    refused: [
      [withS3({ bucketRegion: undefined }), /cluster\.discovery\.bucketRegion: is missing/],
      [withS3({ bucketRegion: 'Frankfurt' }), /bucketRegion: a region such as eu-central-1/],
    ],
  },
  {
    name: 's3-bucket-name',
    fallback: 'hivemq',
    set: withS3({ bucketName: 'discovery.example.org' }),
    becomes: 'discovery.example.org',
    refused: [
      [withS3({ bucketName: undefined }), /cluster\.discovery\.bucketName: is missing/],
      [withS3({ bucketName: 'ab' }), /a bucket name has 3 to 63 small letters/],
      [withS3({ bucketName: '10.0.0.1' }), /a bucket name has/],
    ],
  },
  {
    name: 'file-prefix',
    fallback: 'hivemq/cluster/nodes/',
    set: withS3({ filePrefix: '' }),
    becomes: '',
    refused: [[withS3({ filePrefix: 'a b' }), /a prefix has letters, digits/]],
  },
  {
    name: 'file-expiration',
    fallback: '360',
    set: withS3({ fileExpiration: '1h' }),
    becomes: '3600',
    refused: [
      [withS3({ fileExpiration: 360 }), /a duration needs a unit: write 360s/],
      [withS3({ fileExpiration: '0s' }), /are both 0s \(announcements never expire\) or both longer, e\.g\. 6m and 3m/],
      [withS3({ fileExpiration: '180500ms' }), /fileExpiration: must be whole seconds/],
    ],
  },
  {
    name: 'update-interval',
    fallback: '180',
    set: withS3({ updateInterval: '359s' }),
    becomes: '359',
    refused: [
      [
        withS3({ updateInterval: '6m' }),
        /updateInterval: must be shorter than fileExpiration.*half of it, 180s, is usual/,
      ],
      [withS3({ updateInterval: '0s' }), /updateInterval: .*both 0s/],
    ],
  },
  {
    name: 'credentials-type',
    fallback: 'default',
    set: credentials({ type: 'instance_profile_credentials' }),
    becomes: 'instance_profile_credentials',
    refused: [
      [
        credentials({ type: 'iam' }),
        /credentials\.type: must be one of default, environment_variables, java_system_properties/,
      ],
    ],
  },
  {
    name: 'credentials-access-key-id',
    fallback: undefined,
    set: credentials({ type: 'access_key', ...key }),
    becomes: '@{ACCESS_KEY_ID}',
    refused: [
      [
        credentials({ type: 'access_key', secretAccessKey: key.secretAccessKey }),
        /credentials of type access_key need accessKeyId, as a secret/,
      ],
      [
        credentials({ type: 'access_key', ...key, accessKeyId: 'AKIA' }),
        /a secret is a reference.*never the value itself/,
      ],
      [credentials({ type: 'default', ...key }), /credentials of type default take no keys from here/],
      [
        credentials({ type: 'environment_variables', secretAccessKey: key.secretAccessKey }),
        /environment_variables need accessKeyId/,
      ],
    ],
  },
  {
    name: 'credentials-secret-access-key',
    fallback: undefined,
    set: credentials({ type: 'temporary_session', ...session }),
    becomes: '@{SECRET_ACCESS_KEY}',
    refused: [
      [
        credentials({ type: 'access_key', accessKeyId: key.accessKeyId }),
        /credentials of type access_key need secretAccessKey/,
      ],
      [credentials({ type: 'instance_profile_credentials', ...key }), /instance_profile_credentials take no keys/],
    ],
  },
  {
    name: 'credentials-session-token',
    fallback: undefined,
    set: credentials({ type: 'temporary_session', ...session }),
    becomes: '@{SESSION_TOKEN}',
    refused: [
      [credentials({ type: 'temporary_session', ...key }), /credentials of type temporary_session need sessionToken/],
      [
        credentials({ type: 'access_key', ...session }),
        /access_key have no session token: leave it out, or write type: temporary_session/,
      ],
      [
        credentials({ type: 'environment_variables', sessionToken: session.sessionToken }),
        /a session token goes with accessKeyId and secretAccessKey/,
      ],
      [
        credentials({ type: 'access_key', ...key, expires: '2027-01-01T00:00:00Z' }),
        /expires: only a session with a sessionToken ends/,
      ],
      [
        credentials({ type: 'temporary_session', ...session, expires: 'soon' }),
        /expires: a time such as 2026-12-31T12:00:00Z/,
      ],
    ],
  },
  {
    name: 's3-endpoint',
    fallback: undefined,
    set: withS3({ endpoint: 'http://10.0.0.9:7070' }),
    becomes: 'http://10.0.0.9:7070',
    refused: [
      [withS3({ endpoint: 'http://10.0.0.9/s3' }), /an endpoint is a host or an http\(s\) address without a path/],
    ],
  },
  {
    name: 's3-endpoint-region',
    fallback: undefined,
    set: withS3({ endpoint: 'minio.example.org', endpointRegion: 'us-east-1' }),
    becomes: 'us-east-1',
    refused: [[withS3({ endpointRegion: 'EU' }), /endpointRegion: a region such as eu-central-1/]],
  },
  {
    name: 's3-path-style-access',
    fallback: undefined,
    set: withS3({ pathStyleAccess: true }),
    becomes: 'true',
    refused: [[withS3({ pathStyleAccess: 'yes' }), /pathStyleAccess: must be true or false/]],
  },
];

const dns: readonly Parameter[] = [
  {
    name: 'discoveryAddress',
    fallback: 'nodes.example.org',
    set: withDns({ discoveryAddress: 'hivemq' }),
    becomes: 'hivemq',
    refused: [[withDns({ discoveryAddress: undefined }), /cluster\.discovery\.discoveryAddress: is missing/]],
  },
  {
    name: 'resolutionTimeout',
    fallback: '30',
    set: withDns({ resolutionTimeout: '5s' }),
    becomes: '5',
    refused: [
      [withDns({ resolutionTimeout: '0s' }), /resolutionTimeout: must be longer than zero/],
      [withDns({ resolutionTimeout: '1500ms' }), /resolutionTimeout: the extension counts whole seconds: write 30s/],
    ],
  },
  {
    name: 'reloadInterval',
    fallback: '30',
    set: withDns({ reloadInterval: '2m' }),
    becomes: '120',
    refused: [[withDns({ reloadInterval: 30 }), /a duration needs a unit/]],
  },
  {
    name: 'dnsServerAddress',
    fallback: undefined,
    set: withDns({ dnsServerAddress: '10.0.0.2:5353' }),
    becomes: '10.0.0.2:5353',
    refused: [[withDns({ dnsServerAddress: 'udp://10.0.0.2' }), /a DNS server is a host, or host:port/]],
  },
];

describe.each([
  ['S3 discovery', s3, withS3({})],
  ['DNS discovery', dns, withDns({})],
] as const)('%s', (_name, parameters, plain) => {
  it.each(parameters)('$name is $fallback unless the spec says so', ({ name, fallback }) => {
    expect(propertiesOf(specOf(plain))[name]).toBe(fallback);
  });

  it.each(parameters)('$name becomes what the spec says', ({ name, set, becomes }) => {
    expect(propertiesOf(specOf(set))[name]).toBe(becomes);
  });

  const refused = parameters.flatMap(({ name, refused: all }) =>
    all.map(([change, message]) => ({ name, change, message })),
  );
  it.each(refused)('$name: $message', ({ change, message }) => {
    expect(refusals(change).join('\n')).toMatch(message);
  });

  it('is an extension for config.xml, and has no line that the tables do not name', () => {
    expect(at(clusterElement(specOf(plain)), 'discovery')).toEqual({ extension: '' });
    const known: readonly string[] = parameters.map(({ name }) => name);
    expect(Object.keys(propertiesOf(specOf(plain))).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('another S3 server', () => {
  it("has the bucket's region, unless the spec names one: the extension looks for it nowhere else", () => {
    const at = { endpoint: 'http://10.0.0.9:7070' };
    expect(propertiesOf(specOf(withS3(at)))['s3-endpoint-region']).toBe('eu-central-1');
    expect(propertiesOf(specOf(withS3({ ...at, endpointRegion: 'us-east-1' })))['s3-endpoint-region']).toBe(
      'us-east-1',
    );
  });
});

describe('the extension of a discovery', () => {
  it.each([
    ['S3', { cluster: withS3({}).cluster }, s3Id],
    ['DNS', { cluster: withDns({}).cluster }, dnsId],
  ])('%s: a refusal prints the lines to add, and with them the spec is right', (_name, change, id) => {
    const [line] = refusals(change);
    expect(line).toContain(`add:\nextensions:\n  - id: ${id}\n    content: { file: ./${id}.zip }`);
    expect(refusals({ ...change, extensions: [{ id, content: { file: `./${id}.zip` } }] })).toEqual([]);
  });

  it.each([
    [
      'disabled',
      { id: s3Id, enabled: false },
      /extensions\[0\]\.enabled: must be true: s3 discovery needs this extension/,
    ],
    [
      'its own settings',
      { id: s3Id, files: { 'conf/config.properties': { text: 'x' } } },
      /extensions\[0\]\.files\["conf\/config\.properties"\]: Hivekeeper writes the settings of this extension from cluster\.discovery/,
    ],
    [
      'the file that would win',
      { id: s3Id, files: { 's3discovery.properties': { text: 'x' } } },
      /extensions\[0\]\.files\["s3discovery\.properties"\]: Hivekeeper writes/,
    ],
  ])('%s is refused', (_name, extension, message) => {
    expect(refusals({ ...withS3({}), extensions: [extension] }).join('\n')).toMatch(message);
  });

  it('variables that win over the DNS settings are refused', () => {
    expect(refusals({ ...withDns({}), env: { HIVEMQ_DNS_SERVER_ADDRESS: '10.0.0.2' } })).toEqual([
      'env.HIVEMQ_DNS_SERVER_ADDRESS: would win over cluster.discovery on every node: set it there and leave this variable out',
    ]);
  });
});

describe('where a node is announced', () => {
  const anywhere = { bindAddress: '0.0.0.0' };
  const hosts = specOf({}).hosts.map(({ name, address, hostKey, roles }) => ({ name, address, hostKey, roles }));
  const translated = hosts.map((host, index) => ({ ...host, externalAddress: `203.0.113.${index + 1}` }));

  it('an address that nobody reaches is refused, unless each host has an external one', () => {
    const { cluster, extensions } = withS3({});
    const change = { cluster: { ...cluster, transport: anywhere }, extensions };
    expect(refusals(change).join()).toMatch(
      /a node would announce 0\.0\.0\.0 in the bucket, where nobody reaches it: write host/,
    );
    expect(refusals({ ...change, hosts: translated })).toEqual([]);
  });

  it('a static list names the external addresses and ports', () => {
    const spec = specOf({
      cluster: { transport: { bindPort: 7800, externalPort: 7900 } },
      hosts: translated.map((host, index) => (index === 1 ? { ...host, externalPort: 7901 } : host)),
    });
    expect(at(clusterElement(spec), 'discovery.static.node')).toEqual([
      { host: '203.0.113.1', port: '7900' },
      { host: '203.0.113.2', port: '7901' },
      { host: '203.0.113.3', port: '7900' },
    ]);
    expect(at(clusterElement(spec, 'n2'), 'transport.tcp')).toMatchObject({
      'bind-address': '10.0.0.12',
      'external-address': '203.0.113.2',
      'external-port': '7901',
    });
  });

  it('DNS gives no ports, so hosts with ports of their own are refused', () => {
    const change = { ...withDns({}), hosts: translated.map((host) => ({ ...host, externalPort: 9000 })) };
    expect(refusals(change)[0]).toMatch(/DNS discovery looks for every node at the port of its own, 8000/);
  });
});

describe('the old plugin', () => {
  it('has its file in conf, in minutes', () => {
    const spec = specOf({ cluster: { discovery: { ...bucket, layout: 'plugin', fileExpiration: '2h' } } });
    const [file] = discoveryManifest(spec).files;
    expect(file).toMatchObject({ path: 'conf/s3discovery.properties', mode: 0o640 });
    expect(propertiesOf(spec)).toMatchObject({ 'file-expiration': '120', 'update-interval': '3' });
  });

  it.each([
    [{ fileExpiration: '450s' }, /fileExpiration: the old plugin counts whole minutes: write 6m/],
    [{ endpoint: 'minio.example.org' }, /endpoint: the old plugin does not have it/],
    [{ pathStyleAccess: false }, /pathStyleAccess: the old plugin does not have it/],
  ])('%j is refused', (change, message) => {
    expect(refusals({ cluster: { discovery: { ...bucket, layout: 'plugin', ...change } } }).join()).toMatch(message);
  });
});

describe('keys of S3 are in the place where their type looks for them', () => {
  const manifest = (type: string, keys: object) => discoveryManifest(specOf(credentials({ type, ...keys })));

  it.each(['default', 'instance_profile_credentials'])('%s: nothing is laid on the host', (type) => {
    expect(manifest(type, {})).toMatchObject({ secretFiles: [], variables: [] });
  });

  it.each(['environment_variables', 'java_system_properties', 'user_credentials_file'])(
    '%s without keys: they are on the host already',
    (type) => {
      expect(manifest(type, {})).toMatchObject({ secretFiles: [], variables: [] });
    },
  );

  it('environment_variables: variables of the service', () => {
    expect(manifest('environment_variables', session).variables).toEqual([
      { name: 'AWS_ACCESS_KEY_ID', value: { from: 'secret', secret: { env: 'KEY_ID' } } },
      { name: 'AWS_SECRET_ACCESS_KEY', value: { from: 'secret', secret: { env: 'KEY' } } },
      { name: 'AWS_SESSION_TOKEN', value: { from: 'secret', secret: { env: 'TOKEN' } } },
    ]);
  });

  it('java_system_properties: a file of options that the command line names', () => {
    const spec = specOf(credentials({ type: 'java_system_properties', ...key }));
    expect(discoveryManifest(spec).secretFiles).toEqual([
      {
        path: 'conf/hivekeeper-s3.options',
        under: 'home',
        template:
          '"-Daws.accessKeyId=@{ACCESS_KEY_ID}"\n"-Daws.secretKey=@{SECRET_ACCESS_KEY}"\n"-Daws.secretAccessKey=@{SECRET_ACCESS_KEY}"\n',
        values: { ACCESS_KEY_ID: { env: 'KEY_ID' }, SECRET_ACCESS_KEY: { env: 'KEY' } },
        effect: 'restart',
      },
    ]);
    expect(discoveryJavaOptions(spec, { home: '/opt/hivemq' })).toEqual(['@/opt/hivemq/conf/hivekeeper-s3.options']);
    expect(discoveryJavaOptions(specOf({}), { home: '/opt/hivemq' })).toEqual([]);
  });

  it("user_credentials_file: the file in the home of the broker's user", () => {
    expect(manifest('user_credentials_file', key).secretFiles).toEqual([
      {
        path: '.aws/credentials',
        under: 'user-home',
        template: '[default]\naws_access_key_id = @{ACCESS_KEY_ID}\naws_secret_access_key = @{SECRET_ACCESS_KEY}\n',
        values: { ACCESS_KEY_ID: { env: 'KEY_ID' }, SECRET_ACCESS_KEY: { env: 'KEY' } },
        effect: 'restart',
      },
    ]);
  });

  it.each(['access_key', 'temporary_session'])('%s: the settings of the extension, with no other copy', (type) => {
    const { files, secretFiles, variables } = manifest(type, type === 'access_key' ? key : session);
    expect({ files, variables }).toEqual({ files: [], variables: [] });
    expect(secretFiles.map(({ path, under, effect }) => ({ path, under, effect }))).toEqual([
      { path: `extensions/${s3Id}/conf/config.properties`, under: 'home', effect: 'hot' },
    ]);
  });
});

describe('warnings', () => {
  const warned = (change: object) => specWarnings(specOf(change)).map(({ message }) => message);

  it.each([
    [
      'a temporary session',
      credentials({ type: 'temporary_session', ...session, expires: '2027-01-31T12:00:00Z' }),
      /the temporary session ends at 2027-01-31T12:00:00Z/,
    ],
    [
      'a session without its end',
      credentials({ type: 'temporary_session', ...session }),
      /say when as credentials\.expires/,
    ],
    [
      'announcements for ever',
      withS3({ fileExpiration: '0s', updateInterval: '0s' }),
      /the object of a node that crashed stays until/,
    ],
    [
      'UDP',
      { cluster: { transport: { type: 'udp' }, discovery: { type: 'multicast' } } },
      /not for production; most cloud networks deliver no multicast/,
    ],
    [
      'TLS',
      { cluster: { transport: { tls: {} } }, tls: { issuer: 'internal-ca' } },
      /discovery always goes over plain TCP/,
    ],
    ['broadcast', { cluster: { discovery: { type: 'broadcast' } } }, /same IP subnet only/],
    [
      'limited broadcast',
      { cluster: { discovery: { type: 'broadcast' } } },
      /255\.255\.255\.255 leaves by one network interface/,
    ],
    ['more replicas than nodes', { cluster: { replicaCount: 4 } }, /is above the 3 nodes of the cluster/],
    ['one replica', { cluster: { replicaCount: 1 } }, /each restart of a node loses persistent data/],
    ['independent nodes', { cluster: { enabled: false } }, /the 3 nodes are independent brokers/],
    [
      'an answer that may take too long',
      withDns({ resolutionTimeout: '31s' }),
      /should not be longer than reloadInterval/,
    ],
  ])('%s', (_name, change, message) => {
    expect(warned(change).join('\n')).toMatch(message);
  });

  it('are none of these for the plain case', () => {
    expect(warned({}).join()).not.toMatch(/replica|UDP|TLS|broadcast|session|independent/);
  });
});
