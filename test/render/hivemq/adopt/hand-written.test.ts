import { describe, expect, it } from 'vitest';
import type { AdoptRequest, Installation } from '../../../../src/domain/products/hivemq/adopt/index.js';
import { sameConfig } from '../../../../src/domain/products/hivemq/adopt/index.js';
import { parseClusterSpec } from '../../../../src/domain/spec/index.js';
import { specOf } from '../../../../src/render/products/hivemq/adopt.js';
import { installationOf, jarSha256 } from '../../../domain/products/hivemq/adopt/installations.js';
import { exampleSpec } from '../../../domain/spec/example.js';

const { ssh, hosts } = exampleSpec();
/** Without the spare n4, which a list of members that was written by hand does not have. */
const request: AdoptRequest = {
  name: 'prod',
  broker: { product: 'hivemq' },
  ssh,
  hosts: hosts.filter(({ name }) => name !== 'n4'),
};

const address = (host: string): string => `10.0.0.1${host.slice(1)}`;
const names = ['n1', 'n2', 'n3'];

/** Three hosts, each with what the function writes. */
const three = (config: (host: string) => string, changes: Partial<Installation> = {}) =>
  Object.fromEntries(names.map((name) => [name, installationOf(config(name), changes)]));

const nodes = names.map((name) => `<node><host>${address(name)}</host><port>7800</port></node>`);

const cluster = (host: string, list = nodes, more = ''): string => `<cluster>
    <discovery><static>${list.join('')}</static></discovery>
    <transport><tcp><bind-port>7800</bind-port><bind-address>${address(host)}</bind-address></tcp></transport>
    <enabled>true</enabled>${more}
  </cluster>`;

const listeners = `<listeners><tcp-listener><port>1883</port></tcp-listener></listeners>`;
const file = (inner: string): string => `<?xml version="1.0"?>\n<hivemq>\n${inner}\n</hivemq>\n`;

const tls = (password: string): string => `<listeners><tls-tcp-listener>
    <port>8883</port><tls><keystore><path>conf/own.jks</path><password>${password}</password>
    <private-key-password>${password}</private-key-password></keystore></tls>
  </tls-tcp-listener></listeners>`;

const keysOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const overrideOf = (spec: Record<string, unknown>): string => {
  const { text } = keysOf(spec['configOverride']);
  return typeof text === 'string' ? text : '';
};

describe('a config.xml that was written by hand', () => {
  it('as the vendor ships it: one listener, no cluster', () => {
    const text = `<?xml version="1.0"?>
<hivemq xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <listeners>
        <tcp-listener>
            <port>1883</port>
            <bind-address>0.0.0.0</bind-address>
        </tcp-listener>
    </listeners>
    <anonymous-usage-statistics><enabled>true</enabled></anonymous-usage-statistics>
</hivemq>`;
    const found = specOf(request, { n1: installationOf(text) });
    expect(found.problems).toEqual([]);
    expect(found.spec).toMatchObject({
      nodes: 1,
      cluster: { enabled: false },
      listeners: [{ type: 'tcp', port: 1883, bindAddress: '0.0.0.0' }],
      // Nothing listens at 8080 there.
      controlCenter: { enabled: false },
      broker: { version: '4.30.0', package: { sha256: { '4.30.0': jarSha256 } }, home: '/opt/hivemq', user: 'hivemq' },
    });
    expect(parseClusterSpec(found.spec).ok).toBe(true);
    // An open one with the vendor's log-in is nothing that keys may say, so the file stays as it is.
    const ports: Installation['ports'] = [{ protocol: 'tcp', address: '0.0.0.0', port: 8080 }];
    const open = specOf(request, { n1: installationOf(text, { ports }) });
    expect(open.problems).toEqual([]);
    expect(open.notes.join()).toContain("the vendor's well-known log-in");
    expect(overrideOf(open.spec)).toContain('<tcp-listener>');
  });

  it('in another order, with comments and defaults left out', () => {
    const found = specOf(
      request,
      three((host) => file(`<!-- ours -->${cluster(host)}\n<!-- old: <port>9</port> -->${listeners}`)),
    );
    expect(found.problems).toEqual([]);
    expect(found.spec).toMatchObject({
      cluster: {
        enabled: true,
        transport: { type: 'tcp', bindAddress: 'host', bindPort: 7800 },
        discovery: { type: 'static' },
      },
      listeners: [{ type: 'tcp', port: 1883 }],
      nodes: 3,
    });
    expect(found.spec).not.toHaveProperty('configOverride');
  });

  it('finds the addresses that nodes use among themselves', () => {
    const other = names.map((name) => `<node><host>192.168.7.${name.slice(1)}</host><port>7800</port></node>`);
    const config = (host: string): string =>
      file(cluster(host, other).replace(address(host), `192.168.7.${host.slice(1)}`) + listeners);
    const found = specOf(request, three(config));
    expect(found.problems).toEqual([]);
    expect(found.spec['hosts']).toMatchObject([
      { clusterAddress: '192.168.7.1' },
      { clusterAddress: '192.168.7.2' },
      { clusterAddress: '192.168.7.3' },
      {},
      {},
    ]);
  });

  it('has its passwords as references, and placeholders as they are', () => {
    const found = specOf(
      request,
      three((host) => file(cluster(host) + tls('hunter2hunter2'))),
    );
    expect(found.problems).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('hunter2hunter2');
    expect(found.spec['listeners']).toMatchObject([
      {
        type: 'tls-tcp',
        tls: {
          keystore: {
            path: '/opt/hivemq/conf/own.jks',
            password: { env: 'PROD_LISTENER_8883_KEYSTORE_PASSWORD' },
            privateKeyPassword: { env: 'PROD_LISTENER_8883_KEYSTORE_PRIVATE_KEY_PASSWORD' },
          },
        },
      },
    ]);
    expect(found.secrets.map(({ reference }) => reference)).toEqual([
      'PROD_LISTENER_8883_KEYSTORE_PASSWORD',
      'PROD_LISTENER_8883_KEYSTORE_PRIVATE_KEY_PASSWORD',
    ]);
    const held = specOf(
      request,
      three((host) => file(cluster(host) + tls('${KEYSTORE}'))),
    );
    expect(held.spec['listeners']).toMatchObject([{ tls: { keystore: { password: { env: 'KEYSTORE' } } } }]);
  });

  it('is kept as a whole where no key says it, with variables for what is a node of its own', () => {
    const more = '<unknown-element><inner>7</inner></unknown-element>';
    const found = specOf(
      request,
      three((host) => file(cluster(host) + tls('hunter2hunter2') + more)),
    );
    expect(found.problems).toEqual([]);
    expect(found.notes.join()).toContain('no key that says exactly <unknown-element/inner>');
    const text = overrideOf(found.spec);
    expect(text).toContain('<bind-address>${HIVEKEEPER_CLUSTER_ADDRESS}</bind-address>');
    expect(text).toContain('<inner>7</inner>');
    expect(text).toContain('<host>10.0.0.12</host>');
    expect(text).toContain('<password>${ENV:PROD_LISTENER_8883_KEYSTORE_PASSWORD}</password>');
    expect(found.spec['env']).toMatchObject({
      PROD_LISTENER_8883_KEYSTORE_PASSWORD: { env: 'PROD_LISTENER_8883_KEYSTORE_PASSWORD' },
    });
    expect(parseClusterSpec(found.spec).ok).toBe(true);
  });

  it('has placeholders that are no secrets filled in from the environment of the broker', () => {
    const text = (host: string) => file(cluster(host) + listeners.replace('1883', '${MQTT_PORT}'));
    const found = specOf(request, three(text, { environment: { MQTT_PORT: '1884' } }));
    expect(found.problems).toEqual([]);
    expect(found.spec['listeners']).toMatchObject([{ port: 1884 }]);
    expect(found.notes.join()).toContain(
      'n1: config.xml names a listener at port 1884, and the broker does not listen there',
    );
    expect(found.spec['env']).toEqual({});
    const unset = specOf(request, three(text));
    expect(unset.problems.join('\n')).toMatch(/n1: the placeholder \$\{MQTT_PORT\} .* has no value/);
  });

  it('is a problem where nodes differ in what no spec can say', () => {
    const config = (host: string): string =>
      file(cluster(host) + listeners.replace('1883', host === 'n2' ? '1884' : '1883'));
    const { problems } = specOf(request, three(config));
    expect(problems.join('\n')).toMatch(/n2: listeners\/tcp-listener\[1883\].*make them equal first/);
  });

  it('is a problem where it opens an API to everybody', () => {
    const rest =
      '<rest-api><enabled>true</enabled><listeners><http><port>8888</port><bind-address>0.0.0.0</bind-address></http></listeners></rest-api>';
    const { problems } = specOf(
      request,
      three((host) => file(cluster(host) + listeners + rest)),
    );
    expect(problems.join('\n')).toContain('a REST API beyond the loopback needs restApi.auth');
  });

  it('is a problem where a list of members lacks one', () => {
    const { problems } = specOf(
      request,
      three((host) => file(cluster(host, nodes.slice(0, 2)) + listeners)),
    );
    expect(problems.join('\n')).toContain('has no <node> for host n3');
  });

  it('is a problem where somebody says otherwise, and agrees where they say the same', () => {
    const all = three((host) => file(cluster(host) + listeners));
    const given = { ...request, cluster: { replicaCount: 3 } };
    expect(specOf(given, all).problems).toContain(
      'n1: <cluster/replication/replica-count> of config.xml is 2, and the spec says 3',
    );
    expect(specOf({ ...request, cluster: { replicaCount: 2 } }, all).problems).toEqual([]);
  });
});

describe('what hosts tell besides', () => {
  const config = (host: string): string => file(cluster(host) + listeners);

  it('is a problem where they do not agree', () => {
    const all = three(config);
    const [n1, n2] = [all['n1'], all['n2']];
    if (!n1 || !n2) throw new Error('no hosts');
    const license = { name: 'prod.lic', sha256: 'a'.repeat(64), bytes: 1 };
    const found = specOf(request, {
      ...all,
      n1: { ...n1, version: '4.29.0', versions: [], licenses: [license], environment: { JAVA_OPTS: '-Xmx2g' } },
      n2: { ...n2, extensions: [], logback: { level: 'WARN', changes: ['has an appender SYSLOG of its own'] } },
    });
    const text = found.problems.join('\n');
    expect(text).toContain('the version is not the same on all nodes: 4.29.0 on n1 and 4.30.0 on n2, n3');
    expect(text).toMatch(
      /license\/prod\.lic is not the same on all nodes: SHA-256 aaaaaaaaaaaa… on n1 and missing on n2, n3/,
    );
    expect(text).toContain('the options of the Java machine is not the same');
    expect(text).toContain('the level of the log is not the same');
    expect(text).toMatch(/extension hivemq-allow-all-extension is not the same .*missing on n2/);
    expect(found.notes.join('\n')).toContain('n2: logback.xml has an appender SYSLOG of its own');
  });

  it('is a problem where a secret has several values', () => {
    const all = three((host) => file(cluster(host) + tls('hunter2hunter2')));
    const numbered = Object.fromEntries(
      Object.entries(all).map(([name, one], index) => [
        name,
        { ...one, secrets: one.secrets.map((secret) => ({ ...secret, variant: index === 2 ? 2 : 1 })) },
      ]),
    );
    expect(specOf(request, numbered).problems.join('\n')).toMatch(
      /PROD_LISTENER_8883_KEYSTORE_PASSWORD is not the same on all nodes: value 1 on n1, n2 and value 2 on n3/,
    );
  });

  it('keeps allow-all off where somebody took it out, and packs what no package brings', () => {
    const own = {
      id: 'own',
      folder: '/opt/hivemq/extensions/own',
      name: 'Own',
      version: '1.0.0',
      enabled: true,
      files: [],
    };
    const all = three(config, { extensions: [own] });
    expect(specOf(request, all).problems.join()).toContain('the extension own is not in the content store');
    const found = specOf(request, all, { own: { sha256: 'b'.repeat(64), bytes: 9 } });
    expect(found.problems).toEqual([]);
    expect(found.spec['extensions']).toEqual([
      { id: 'own', enabled: true, content: { stored: 'b'.repeat(64), bytes: 9 } },
      { id: 'hivemq-allow-all-extension', enabled: false },
    ]);
  });
});

describe('two config.xml', () => {
  const one = file(`${cluster('n1')}${listeners}`);

  it('are the same whatever the order, the comments and the defaults that are said', () => {
    const said = cluster('n1', [...nodes].reverse(), '<replication><replica-count>2</replica-count></replication>');
    const text = `<tcp-listener><bind-address>0.0.0.0</bind-address><port>1883</port></tcp-listener>`;
    expect(sameConfig(one, file(`<!-- x --><listeners>${text}</listeners>${said}<mqtt/>`))).toEqual([]);
  });

  it.each([
    ['another value', one.replace('1883', '1884'), 'listeners/tcp-listener[1883]/bind-address: 0.0.0.0, and not there'],
    [
      'a lost member',
      one.replace(nodes[1] ?? '', ''),
      'cluster/discovery/static/node[10.0.0.12:7800]/host: 10.0.0.12, and not there',
    ],
    [
      'a default that is not one',
      one.replace('</hivemq>', '<mqtt><keep-alive><max-keep-alive>60</max-keep-alive></keep-alive></mqtt></hivemq>'),
      'mqtt/keep-alive/max-keep-alive: 65535, and 60',
    ],
    ['an element nobody knows', one.replace('</hivemq>', '<new><x>1</x></new></hivemq>'), 'new/x: not there, and 1'],
    ['a cluster that is off', one.replace('<enabled>true</enabled>', ''), 'cluster/enabled: true, and false'],
    ['no config.xml', 'plain text', 'hivemq: a config.xml, and not there'],
  ])('are not with %s', (_, other, difference) => {
    expect(sameConfig(one, other)).toContain(difference);
  });
});
