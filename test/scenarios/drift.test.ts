import { chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { licenseMarker } from '../../src/sandbox/broker/licenses.js';
import { buildExtension } from '../../src/sandbox/distribution/index.js';
import { until } from '../support/until.js';
import { commandLine } from './support/command-line.js';
import { effects, snapshot } from './support/look.js';
import { useScenario } from './support/scenario.js';

const LONG = 120_000;
const CLUSTER = 'drift';
const members = ['n1', 'n2', 'n3'];

const scenario = useScenario({ nodes: members, gates: [], recovery: [] });
const at = (name: string, file: string): string => path.join(scenario().stage.host(name).home, file);
const textOn = (name: string, file: string): string => readFileSync(at(name, file), 'utf8');
const local = (file: string): string => path.join(scenario().folder, file);
const typed = (...args: string[]) => commandLine(scenario()).type(...args);
const data = (): string => path.join('worker', 'data');
const apply = async (): Promise<void> => {
  const { code, stdout, stderr } = await typed('apply', 'spec.json', '--data', data(), '--wait');
  expect(`${code} ${code === 0 ? '' : stdout + stderr}`).toBe('0 ');
};

/** What somebody does by hand, as the account that owns the broker's files. */
const byHand = {
  write: (name: string, file: string, content: string): void => {
    writeFileSync(at(name, file), content);
    const { uid, gid } = statSync(scenario().stage.host(name).home);
    chownSync(at(name, file), uid, gid);
  },
  remove: (name: string, file: string): void => rmSync(at(name, file), { recursive: true }),
};

/** What Hivekeeper wrote to n1. */
let logback = '';

/** Verdicts of `as-recorded` by node. */
async function verdicts(): Promise<Record<string, string[]>> {
  const { checks } = await scenario().complete('checkCluster', { cluster: CLUSTER });
  const failing = checks.filter(({ check, status }) => check === 'as-recorded' && status === 'fails');
  return Object.fromEntries(failing.map(({ node = '', reason }) => [node, reason.split('; ')]));
}

/** Also the file `spec.json`, with these keys instead. */
function spec(overrides: Record<string, unknown> = {}): void {
  const extensions = ['one', 'two', 'three', 'off'].map((id) => ({
    id,
    content: { file: local(`${id}.zip`) },
    enabled: id !== 'off',
    files: id === 'one' ? { 'conf/config.properties': { text: 'greeting=of the spec\n' } } : {},
  }));
  const licenses = [{ name: 'prod.lic', content: { file: local('prod.lic') } }];
  const env = { TOKEN: { file: local('token') } };
  const whole = scenario().spec({ name: CLUSTER, overrides: { extensions, licenses, env, ...overrides } });
  commandLine(scenario()).write('spec.json', whole);
}

beforeAll(async () => {
  writeFileSync(local('prod.lic'), licenseMarker);
  writeFileSync(local('token'), 'a secret');
  for (const id of ['one', 'two', 'three', 'off']) await buildExtension(id, '1.0.0', local(`${id}.zip`));
  spec();
  const { code, stderr } = await typed('deploy', 'spec.json', '--data', data(), '--wait');
  expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ');
}, LONG);

describe('what is changed behind the back of Hivekeeper', () => {
  test('is nothing at first', async () => {
    const { code, stdout } = await typed('check', CLUSTER);
    expect(stdout).toContain('as-recorded: 3 nodes are as recorded');
    expect(stdout).not.toContain('evaluation mode');
    expect(code).toBe(0);
  });

  test('the recorded spec, printed as a file, differs in nothing', { timeout: LONG }, async () => {
    const { code, stdout } = await typed('spec', CLUSTER);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +content:\n +stored: [0-9a-f]{64}\n +name: prod\.lic\n +bytes: \d+$/m);
    writeFileSync(local('recorded.yaml'), stdout);
    const plan = await typed('plan', 'recorded.yaml', '--data', data(), '--exit-code');
    expect(plan.stdout).toContain('nothing to do');
    expect(plan.code).toBe(0);
  });

  test('is told node by node', { timeout: LONG }, async () => {
    logback = textOn('n1', 'conf/logback.xml');
    byHand.write('n1', 'conf/logback.xml', logback.replace('<configuration', '<!-- --><configuration'));
    byHand.remove('n1', 'license/prod.lic');
    byHand.remove('n1', 'extensions/off/DISABLED');
    byHand.remove('n3', 'extensions/one');
    const xml = 'extensions/two/hivemq-extension.xml';
    byHand.write('n3', xml, textOn('n3', xml).replace('1.0.0', '2.0.0'));
    byHand.write('n3', 'extensions/three/DISABLED', '');
    await cp(at('n3', 'extensions/three'), at('n3', 'extensions/own'), { recursive: true });
    byHand.write('n3', 'extensions/own/DISABLED', '');
    expect(await verdicts()).toEqual({
      n1: [
        'conf/logback.xml: changed by hand',
        'extensions/off: enabled on the node, and disabled in the spec',
        'license/prod.lic: removed by hand',
      ],
      n3: [
        'extensions/one: missing',
        "extensions/two: version 2.0.0 lies there instead of the spec's 1.0.0",
        'extensions/three: disabled on the node, by hand',
        'extension own is there, disabled, and not in the spec',
      ],
    });
    const { code, stdout } = await typed('check', CLUSTER);
    expect(stdout).toContain('as-recorded (n1): conf/logback.xml: changed by hand');
    expect(stdout).toContain('as-recorded (n3): extensions/one: missing');
    expect(stdout).toContain('Look at `hivekeeper plan`, then apply the spec.');
    expect(code).toBe(4);
  });

  test('is left alone by what is about something else, which says so', { timeout: LONG }, async () => {
    const { stdout } = await typed('restart-node', CLUSTER, 'n1', '--dry-run');
    expect(stdout).toContain('n1 differs, and this brings it back: conf/logback.xml: changed by hand;');
    expect(stdout).toMatch(/n3 differs otherwise: extensions\/one: missing; .*; `hivekeeper apply` brings it back/);
    expect(stdout).toContain('n3: extension own is there, disabled, and not in the spec');
  });

  test('comes back without a restart, where none is needed, and nothing else is touched', {
    timeout: LONG,
  }, async () => {
    const since = Date.now();
    const untouched = await snapshot([scenario().stage.host('n2')], { brokersRun: true });
    await apply();
    expect(effects(scenario().stage.nodes, since)).toEqual({});
    expect(await snapshot([scenario().stage.host('n2')], { brokersRun: true })).toEqual(untouched);
    expect(textOn('n1', 'conf/logback.xml')).toBe(logback);
    expect(textOn('n1', 'license/prod.lic')).toBe(licenseMarker);
    expect(existsSync(at('n1', 'extensions/off/DISABLED'))).toBe(true);
    expect(textOn('n3', 'extensions/one/conf/config.properties')).toBe('greeting=of the spec\n');
    expect(textOn('n3', 'extensions/two/hivemq-extension.xml')).toContain('<version>1.0.0</version>');
    expect(textOn('n3', 'log/hivemq.log')).toMatch(
      /"two" version 2\.0\.0 stopped[^]*"two" version 1\.0\.0 started successfully/,
    );
    expect(existsSync(at('n3', 'extensions/three/DISABLED'))).toBe(false);
    // What Hivekeeper never placed is told and never removed.
    expect(await verdicts()).toEqual({ n3: ['extension own is there, disabled, and not in the spec'] });
    byHand.remove('n3', 'extensions/own');
    expect((await typed('check', CLUSTER)).code).toBe(0);
  });

  test('by the broker itself is told with its own line', { timeout: LONG }, async () => {
    const jar = 'extensions/three/three-1.0.0.jar';
    const good = textOn('n2', jar);
    byHand.write('n2', 'extensions/three/DISABLED', '');
    await until(() => textOn('n2', 'log/hivemq.log').includes('"three" version 1.0.0 stopped'));
    byHand.write('n2', jar, "exports.extensionStart = () => { throw new Error('made to fail'); };\n");
    byHand.remove('n2', 'extensions/three/DISABLED');
    await until(() => existsSync(at('n2', 'extensions/three/DISABLED')));
    byHand.write('n2', jar, good);
    expect(await verdicts()).toEqual({
      n2: [expect.stringMatching(/^extensions\/three: disabled on the node, by the broker: .* id "three" .*exception/)],
    });
    await apply();
    expect(await verdicts()).toEqual({});
  });

  test('comes back with a restart of that node where one is needed, secrets too', { timeout: LONG }, async () => {
    const since = Date.now();
    const secret = textOn('n2', 'conf/hivekeeper-secrets.env');
    byHand.write('n2', 'conf/config.xml', `${textOn('n2', 'conf/config.xml')}<!-- by hand -->\n`);
    byHand.remove('n2', 'conf/hivekeeper-secrets.env');
    expect(await verdicts()).toEqual({
      n2: ['conf/config.xml: changed by hand', 'conf/hivekeeper-secrets.env: removed by hand'],
    });
    await apply();
    expect(effects(scenario().stage.nodes, since)).toEqual({ n2: { 'stop-requested': 1, stopped: 1, start: 1 } });
    expect(textOn('n2', 'conf/hivekeeper-secrets.env')).toBe(secret);
    expect((await typed('check', CLUSTER)).code).toBe(0);
  });

  test('without a license every plan and the status say what that means', { timeout: LONG }, async () => {
    spec({ licenses: [] });
    expect((await typed('plan', 'spec.json', '--data', data())).stdout).toContain('evaluation mode');
    await apply();
    expect((await typed('restart-node', CLUSTER, 'n1', '--dry-run')).stdout).toContain('evaluation mode');
    expect((await typed('status', CLUSTER)).stdout).toContain('warning: no license (.lic) in the spec');
  });
});
