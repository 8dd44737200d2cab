import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import { renderBalancer } from '../../../src/render/haproxy/index.js';
import { mustSkip } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { balancedDocument, hosts, termination } from './specs.js';

const port = fc.integer({ min: 1, max: 65_535 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const given = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
const keyMaterial = { keystore: { path: '/etc/key.p12', password: { env: 'KEY' } } };
/** Blanks and dots, since a listener may be called so. */
const names = fc.constantFrom('plain', 'a b.c-d_e', 'A'.repeat(64), '1');
/** `N`: of each node its own. */
const addresses = fc.constantFrom('10.0.1.N', '2001:db8::N');

const listener = fc
  .record({
    type: fc.constantFrom('tcp', 'tls-tcp', 'websocket', 'tls-websocket'),
    bindAddress: fc.constantFrom('0.0.0.0', '::', 'host'),
    proxyProtocol: fc.boolean(),
  })
  .map((one) => ({ ...one, ...(one.type.startsWith('tls') && { tls: keyMaterial }) }));

const behind = fc
  .uniqueArray(fc.record({ listener, name: names, port, terminate: fc.boolean(), maxConnections: optional(port) }), {
    selector: ({ name }) => name,
    minLength: 1,
  })
  .map((all) => all.map((one, index) => ({ ...one, listenerPort: 20_000 + index })))
  .filter((all) => new Set(all.map((one) => one.port)).size === all.length);

const document = fc
  .record({
    behind,
    bindAddress: fc.constantFrom('0.0.0.0', '::', 'host', 'loopback'),
    keepAlive: fc.integer({ min: 1, max: 65_535 }),
    hardStopAfter: fc.integer({ min: 1, max: 576 }),
    maxConnections: fc.integer({ min: 1, max: 5_000 }),
    statistics: optional(fc.constant({ port: 1 })),
    resolvers: optional(fc.constant({ nameservers: [{ address: '10.0.0.2' }, { address: 'fd00::53', port: 5353 }] })),
    onNodeDown: fc.constantFrom('disconnect', 'keep'),
    nodes: fc.array(addresses, { minLength: 3, maxLength: 3 }),
    health: fc.constantFrom('loopback', '0.0.0.0', 'host'),
    clusterAddress: optional(fc.constant('10.1.0.1')),
    // The one name that is resolved without asking anybody.
    named: fc.boolean(),
  })
  .map(({ behind: all, nodes, health, clusterAddress, named, statistics, ...keys }) => (home: string) => {
    const { bindAddress, keepAlive, hardStopAfter, maxConnections, resolvers, onNodeDown } = keys;
    const [n1, n2, n3] = [hosts.n1, hosts.n2, hosts.n3].map((host, index) => ({
      ...host,
      address: named && index === 0 ? 'localhost' : (nodes[index] ?? '').replace('N', String(index + 1)),
      ...(index === 0 && given({ clusterAddress })),
    }));
    return balancedDocument(
      given({
        frontends: all.map((one) =>
          given({
            listener: one.name,
            port: one.port,
            bindAddress,
            maxConnections: one.maxConnections,
            tls: one.terminate && !('tls' in one.listener) ? termination : undefined,
          }),
        ),
        ...{ home, maxConnections, resolvers, onNodeDown },
        keepAlive: `${keepAlive}s`,
        hardStopAfter: `${hardStopAfter}h`,
        stats: all.some((one) => one.port === 1) ? undefined : statistics,
      }),
      {
        hosts: [n1, n2, n3, hosts.lb1, hosts.lb2],
        listeners: all.map((one) => ({ ...one.listener, name: one.name, port: one.listenerPort })),
        healthApi: { enabled: true, port: 8889, bindAddress: health },
      },
    );
  });

describe.skipIf(mustSkip(programRequirement('haproxy', 'haproxy')))('HAProxy', () => {
  let folder = '';
  let pem = { certificate: '', key: '' };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-haproxy-'));
    const [keyFile, certificateFile] = [join(folder, 'made.key'), join(folder, 'made.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...request, '-subj', '/CN=lb', '-keyout', keyFile, '-out', certificateFile], {
      stdio: 'ignore',
    });
    pem = { certificate: certificateFile, key: keyFile };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What HAProxy says of the files of one host, with key material where the spec names some. */
  function judged(
    written: object,
    change: (config: string) => string = (config) => config,
  ): { code: number | null; text: string } {
    const result = parseClusterSpec(written);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    const { home, files, contents, config, stateFile, check } = renderBalancer(result.spec, ['n1', 'n2', 'n3'], 'lb1');
    for (const { path, content } of files) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), change(content));
    }
    writeFileSync(stateFile, '1\n');
    for (const { path } of contents) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      execFileSync('cp', [path.endsWith('.key') ? pem.key : pem.certificate, join(home, path)]);
    }
    const [program, ...args] = check(config);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    return { code: status, text: stdout + stderr };
  }

  it('takes what is rendered for any spec, without a warning', () => {
    fc.assert(
      fc.property(document, (make) => {
        const { code, text } = judged(make(folder));
        expect(text).not.toMatch(/ALERT|WARNING/);
        expect(code).toBe(0);
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it.each<[string, (config: string) => string]>([
    ['a word that is none', (config) => config.replace('balance leastconn', 'balance leastcon')],
    ['a backend that is not there', (config) => config.replace('backend nodes_1883', 'backend nodes_1884')],
    ['one server twice', (config) => config.replace('server n2 ', 'server n1 ')],
  ])('refuses %s', (_, change) => {
    const { code, text } = judged(balancedDocument({ home: folder }), change);
    expect(text).toContain('ALERT');
    expect(code).not.toBe(0);
  });

  it('refuses a frontend whose key is not that of its certificate', () => {
    const frontends = [{ listener: 'tcp', port: 8883, tls: termination }];
    expect(judged(balancedDocument({ home: folder, frontends }))).toMatchObject({ code: 0 });
    const { certificate, key } = pem;
    pem = { certificate, key: certificate };
    expect(judged(balancedDocument({ home: folder, frontends })).text).toContain('ALERT');
    pem = { certificate, key };
  });
});
