import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseClusterSpec } from '../../src/domain/spec/index.js';
import { rendererOf } from '../../src/render/products/index.js';
import { type Host, killBrokersTogether } from '../../src/sandbox/hosts/index.js';
import { mustSkip } from '../support/requirements.js';
import { systemdHosts } from '../support/systemd.js';
import { until } from '../support/until.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'units';
const UNIT = `hivekeeper-${CLUSTER}.service`;
const LONG = 120_000;
/** The machine of the tests may be smaller than HiveMQ's guide asks for. */
const SMALL = [{ check: 'recovery-host', reason: 'the machine of the tests is small, and so is the data' }];

describe.skipIf(mustSkip(await systemdHosts()))('a cluster whose brokers systemd keeps, on a stand-in for it', () => {
  const scenario = useScenario({ systemd: true, accounts: 'separate' });
  const host = (name: string): Host => scenario().stage.host(name);
  const hosts = (...names: string[]): Host[] => names.map(host);
  const at = (name: string, ...parts: string[]): string => path.join(host(name).home, ...parts);
  const run = (type: Parameters<ReturnType<typeof scenario>['complete']>[0], more: object = {}) =>
    scenario().complete(type, { cluster: CLUSTER, ...more });
  const allServing = (version: string, ...names: string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, serving(version, names.length)]));
  const serves = (version: string, ...names: string[]): Promise<void> =>
    until(async () => {
      const now = JSON.stringify(await healthOf(hosts(...names)));
      return now === JSON.stringify(allServing(version, ...names));
    }, 60_000);

  function spec(options: Parameters<ReturnType<typeof scenario>['spec']>[0] = {}): Record<string, unknown> {
    const plain = scenario().spec({ name: CLUSTER, ...options });
    return { ...plain, broker: { ...Object(plain['broker']), supervisor: 'systemd' } };
  }
  /** What root was asked of systemd on a host since then, the words of one call joined. */
  const asked = (name: string, since: number): string[] =>
    host(name)
      .systemctlCalls()
      .filter(({ user, at: when }) => user === 0 && Date.parse(when) >= since)
      .map(({ argv }) => argv.filter((word) => word !== UNIT).join(' '));
  const isEnabled = (name: string): boolean =>
    readdirSync(path.join(host(name).root, 'systemd/system/multi-user.target.wants')).includes(UNIT);

  /** The sudoers file that `hivekeeper render` writes is all that the log-in user has. */
  beforeAll(async () => {
    const parsed = parseClusterSpec(spec({ nodes: 4 }));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    for (const node of scenario().stage.nodes) {
      await node.installSudoers(rendererOf(parsed.spec).sudoers(parsed.spec, node.name));
      await rm(node.home, { recursive: true });
    }
  });

  test('deploy makes the home, installs the unit and starts it', { timeout: LONG }, async () => {
    const since = Date.now();
    await run('deployCluster', { spec: spec() });
    expect(await healthOf(hosts('n1', 'n2', 'n3'))).toEqual(allServing('4.30.0', 'n1', 'n2', 'n3'));
    for (const name of ['n1', 'n2', 'n3']) {
      const { uid, mode } = await stat(at(name));
      expect({ uid, mode: (mode & 0o777).toString(8) }).toEqual({ uid: 64_102, mode: '750' });
      expect(asked(name, since)).toEqual(['daemon-reload', 'enable', 'reset-failed', 'start']);
      expect(isEnabled(name)).toBe(true);
      expect(existsSync(at(name, '.hivekeeper/attended-start'))).toBe(false);
    }
    expect(existsSync(at('n4'))).toBe(false);
  });

  test('deploy again: root is asked for nothing', { timeout: LONG }, async () => {
    const since = Date.now();
    expect(await run('deployCluster', { spec: spec() })).toMatchObject({ changes: [] });
    expect(['n1', 'n2', 'n3'].map((name) => asked(name, since))).toEqual([[], [], []]);
  });

  test('a broker that is killed comes back by itself', { timeout: LONG }, async () => {
    const since = Date.now();
    await host('n2').kill9('broker');
    await until(() => effects(hosts('n2'), since)['n2']?.['start'] === 1, 60_000);
    await serves('4.30.0', 'n1', 'n2', 'n3');
    expect(asked('n2', since)).toEqual([]);
  });

  test('upgrade: each unit is stopped once and started once', { timeout: LONG }, async () => {
    const since = Date.now();
    await run('rollingUpgrade', { version: '4.31.0' });
    expect(await healthOf(hosts('n1', 'n2', 'n3'))).toEqual(allServing('4.31.0', 'n1', 'n2', 'n3'));
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(scenario().stage.nodes, since)).toEqual({ n1: once, n2: once, n3: once });
    const calls = ['--no-block stop', 'reset-failed', 'start'];
    expect(['n1', 'n2', 'n3'].map((name) => asked(name, since))).toEqual([calls, calls, calls]);
  });

  test('scale: the unit of the new node is installed', { timeout: LONG }, async () => {
    await run('scaleCluster', { nodes: 4 });
    await serves('4.31.0', 'n1', 'n2', 'n3', 'n4');
    expect(isEnabled('n4')).toBe(true);
  });

  test('decommission: the unit is disabled, and no boot starts it', { timeout: LONG }, async () => {
    const since = Date.now();
    await run('decommissionNode', { node: 'n2' });
    expect(asked('n2', since)).toEqual(['--no-block stop', 'disable']);
    expect(isEnabled('n2')).toBe(false);
    await host('n2').reboot();
    await until(() => asked('n2', since).includes('stage-boot'));
    expect(host('n2').brokers()).toEqual([]);
    expect(await healthOf(hosts('n1', 'n3', 'n4'))).toEqual(allServing('4.31.0', 'n1', 'n3', 'n4'));
  });

  test('a host that reboots brings its broker back', { timeout: LONG }, async () => {
    const since = Date.now();
    await host('n3').reboot();
    await serves('4.31.0', 'n1', 'n3', 'n4');
    expect(effects(hosts('n3'), since)).toEqual({ n3: { start: 1 } });
  });

  test('after a loss of power everywhere nobody starts unasked; recover does it', { timeout: LONG }, async () => {
    const members = hosts('n1', 'n3', 'n4');
    const since = Date.now();
    await killBrokersTogether(members);
    await Promise.all(members.map((member) => member.reboot({ downForMs: 500 })));
    const refused = ({ root }: Host): number =>
      readFileSync(path.join(root, 'systemd', `${UNIT}.log`), 'utf8').split('no other member of cluster').length - 1;
    await until(() => members.every((member) => refused(member) > 0), 60_000);
    expect(effects(members, since)).toEqual({});

    const again = await scenario().run('deployCluster', {
      cluster: CLUSTER,
      spec: spec({ nodes: 3, version: '4.31.0' }),
    });
    expectFailure(again, 'PlanRefused', 'recoverCluster');
    expect(effects(members, since)).toEqual({});
    await run('recoverCluster', { overrideChecks: SMALL });
    await serves('4.31.0', 'n1', 'n3', 'n4');
  });

  test('remove: every unit is disabled', { timeout: LONG }, async () => {
    await run('removeCluster', { confirm: CLUSTER });
    expect(['n1', 'n3', 'n4'].map(isEnabled)).toEqual([false, false, false]);
    expect(scenario().stage.nodes.flatMap((node) => node.brokers())).toEqual([]);
  });

  test('without the sudoers lines it is refused, and a home that cannot be made names the command', {
    timeout: LONG,
  }, async () => {
    for (const node of scenario().stage.nodes) {
      await node.installSudoers('ops ALL=(hivemq) NOPASSWD: ALL\n');
      await rm(node.home, { recursive: true });
    }
    const late = { cluster: 'late', spec: spec({ name: 'late' }) };
    const refused = await scenario().run('deployCluster', late);
    expectFailure(refused, 'CheckFailed', 'check privilege fails on n1: sudo -n refuses as root: /usr/bin/install -d');
    const overrideChecks = [{ check: 'privilege', reason: 'to see what comes of it' }];
    const failed = await scenario().run('deployCluster', { ...late, overrideChecks });
    expectFailure(failed, 'CheckFailed', 'Run there: sudo /usr/bin/install -d -o hivemq -g hivemq -m 0750');
  });
});
