import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSpecFile, SpecFileError } from '../../../../src/client/cli/spec-file/index.js';
import { packageContent } from '../../../../src/domain/spec/index.js';
import { exampleSpec } from '../../../domain/spec/example.js';
import { clusterYaml } from './cluster.js';
import { openDesk, type Desk } from './run-cli.js';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.clear());

const load = (name: string) => loadSpecFile(name, { cwd: desk.folder, env: { HOME: '/home/ops' } });

async function refused(text: string): Promise<string[]> {
  desk.write('cluster.yaml', text);
  const error: unknown = await load('cluster.yaml').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SpecFileError)) throw new Error('the spec was not refused', { cause: error });
  return error.message.split('\n');
}

describe('a spec file', () => {
  it('is read with absolute paths, from its own folder and the home folder', async () => {
    desk.write('cluster.yaml', clusterYaml);
    const { spec, warnings, path } = await load('cluster.yaml');
    expect(path).toBe(join(desk.folder, 'cluster.yaml'));
    expect(warnings).toEqual([]);
    expect(spec.ssh.privateKey.file).toBe('/home/ops/.ssh/id_ed25519');
    expect(packageContent(spec.broker.package, '4.30.0')).toMatchObject({
      content: { file: join(desk.folder, 'packages/hivemq-4.30.0.zip') },
    });
  });

  it('may be JSON', async () => {
    desk.write('cluster.json', exampleSpec());
    expect((await load('cluster.json')).spec.name).toBe('prod');
    desk.write('tabs.json', JSON.stringify(exampleSpec(), null, '\t'));
    expect((await load('tabs.json')).spec.name).toBe('prod');
  });

  it('may use anchors, aliases and merge keys', async () => {
    const text = clusterYaml
      .replace('ssh: {', 'ssh: &ssh {')
      .replace('name: n2,', 'name: n2, ssh: *ssh,')
      .replace('name: n3,', 'name: n3, ssh: { <<: *ssh, user: root },');
    desk.write('cluster.yaml', text);
    const { spec } = await load('cluster.yaml');
    expect(spec.hosts[1]?.ssh?.user).toBe('ops');
    expect(spec.hosts[2]?.ssh).toMatchObject({ user: 'root', privateKey: { file: '/home/ops/.ssh/id_ed25519' } });
  });

  it('leaves a header that is called file alone', async () => {
    const text = clusterYaml
      .replace('file: packages/hivemq-{version}.zip', 'url: https://a.example/{version}')
      .replace('    sha256:', '    headers: { file: a, X-Token: { file: token } }\n    sha256:');
    desk.write('cluster.yaml', text);
    expect((await load('cluster.yaml')).spec.broker.package).toMatchObject({
      headers: { file: 'a', 'X-Token': { file: join(desk.folder, 'token') } },
    });
  });

  it.each<[string, (text: string) => string, string[]]>([
    [
      'an unknown key',
      (text) => text.replace('nodes: 2', 'nodes: 2\nreplica: 2'),
      ['cluster.yaml:14:1: replica: unknown key "replica"; known here: apiVersion, '],
    ],
    [
      'a misspelt key',
      (text) => text.replace('nodes: 2', 'nodes: 2\nhots: []'),
      ['cluster.yaml:14:1: hots: unknown key "hots" (did you mean "hosts"?)'],
    ],
    [
      'a misspelt key deep inside',
      (text) => text.replace('bindPort', 'bindport'),
      ['cluster.yaml:15:27: cluster.transport.bindport: unknown key "bindport" (did you mean "bindPort"?)'],
    ],
    [
      'a reserved key',
      (text) => `${text}autoscaling: {}\n`,
      ['cluster.yaml:18:1: autoscaling: autoscaling is not supported by this version'],
    ],
    [
      'a later capability',
      (text) => `${text}notifications:\n  - id: a\n`,
      ['cluster.yaml:18:1: notifications: notifications is not supported by this version'],
    ],
    [
      'a duplicate host',
      (text) => text.replace('name: n3', 'name: n1'),
      ['cluster.yaml:12:7: hosts[2].name: the name n1 is already that of host n1'],
    ],
    [
      'a duplicate address',
      (text) => text.replace('10.0.0.13', '10.0.0.12'),
      ['cluster.yaml:12:17: hosts[2].address: the address 10.0.0.12 with SSH port 22 is already that of host n2'],
    ],
    [
      'UDP with static discovery',
      (text) => text.replace('type: tcp', 'type: udp'),
      [
        'cluster.yaml:15:16: cluster.transport.type: UDP cluster transport works with multicast discovery only, never with static discovery: write discovery: { type: multicast }, or transport: { type: tcp }',
      ],
    ],
    [
      'a version without a package',
      (text) => text.replace('version: 4.30.0', 'version: 4.31.0'),
      [
        'cluster.yaml:4:3: broker.version: broker.package has no SHA-256 for version 4.31.0: add it under broker.package.sha256 (known: 4.30.0)',
      ],
    ],
    [
      'a version that YAML takes for a number',
      (text) => text.replace('version: 4.30.0', 'version: 4.30'),
      ['cluster.yaml:4:3: broker.version: a version is text, and this is a number: quote it, such as "4.30.0"'],
    ],
    [
      'a version of two numbers among the checksums',
      (text) => text.replace('{ 4.30.0:', '{ 4.30:'),
      ['cluster.yaml:7:15: broker.package.sha256["4.30"]: a version has three numbers, such as 4.30.0'],
    ],
    [
      'a host name that a shell would act on',
      (text) => text.replace('name: n1', 'name: "n1; reboot"'),
      ['cluster.yaml:10:7: hosts[0].name: a host name has at most 63 small letters'],
    ],
    [
      'a user that a shell would act on',
      (text) => text.replace('user: ops', 'user: $(id)'),
      ['cluster.yaml:8:8: ssh.user: a user name has at most 32 small letters'],
    ],
    [
      'a line end in a text',
      (text) => text.replace('name: n2', 'name: "n2\\n"'),
      ['cluster.yaml:11:7: hosts[1].name: must not contain control characters or line ends'],
    ],
    [
      'a missing key, at what it is missing from',
      (text) => text.replace('address: 10.0.0.12, ', ''),
      ['cluster.yaml:11:5: hosts[1].address: is missing'],
    ],
    ['a key that stands twice', (text) => `${text}nodes: 3\n`, ['cluster.yaml:18:1: Map keys must be unique']],
    ['text that is no YAML', () => 'name: [a', ['cluster.yaml:1:9: ']],
    ['two documents', (text) => `${text}---\n${text}`, ['cluster.yaml:18:1: Source contains multiple documents']],
    [
      'a tag that nobody knows',
      (text) => text.replace('name: prod', 'name: !secret prod'),
      ['cluster.yaml:1:7: Unresolved tag'],
    ],
    ['an empty file', () => '', ['cluster.yaml:1:1: a spec is a mapping with name, broker, ssh, hosts and nodes']],
  ])('is refused for %s, with its line', async (_, change, expected) => {
    const found = await refused(change(clusterYaml));
    expect(found.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it('is refused for everything that is wrong, not only the first', async () => {
    const text = clusterYaml
      .replace('user: ops', 'usr: ops')
      .replace('nodes: 2', 'nodes: two')
      .replace('10.0.0.11', '"a b"');
    expect(await refused(text)).toEqual([
      'cluster.yaml:8:1: ssh.user: is missing',
      'cluster.yaml:8:8: ssh.usr: unknown key "usr" (did you mean "user"?)',
      'cluster.yaml:10:17: hosts[0].address: must be an IP address or a DNS name',
      'cluster.yaml:13:1: nodes: must be a number, not text',
    ]);
  });

  it('does not let aliases grow without bounds', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
    );
    const found = await refused(`l0: &l0 [a]\n${levels.join('\n')}\n`);
    expect(found.join()).toMatch(/alias/i);
  });

  it('is named when it cannot be read', async () => {
    await expect(load('nowhere.yaml')).rejects.toThrow(/cannot read the spec nowhere\.yaml: ENOENT/);
  });
});
