import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseClusterSpec } from '../../src/domain/spec/index.js';
import { queryRecord } from '../../src/client/temporal/index.js';
import { encodeClusterSpec } from '../../src/domain/spec/index.js';
import { rendererOf } from '../../src/render/products/index.js';
import { adoptedUnitCommands } from '../../src/render/systemd/root-commands.js';
import { type HandMade, type Host, installByHand } from '../../src/sandbox/hosts/index.js';
import { mustSkip } from '../support/requirements.js';
import { programRequirement } from '../support/service-requirements.js';
import { systemdHosts } from '../support/systemd.js';
import { until } from '../support/until.js';
import { handMadeOutline } from './support/by-hand.js';
import { effects, healthOf, serving } from './support/look.js';
import { expectFailure, useScenario } from './support/scenario.js';

const CLUSTER = 'kept';
const OLD = 'hivemq.service';
const OWN = `hivekeeper-${CLUSTER}.service`;
const LONG = 180_000;
const members = ['n1', 'n2', 'n3'];
const missing = [await systemdHosts(), programRequirement('openssl', 'openssl')].some(mustSkip);

describe.skipIf(missing)('a cluster made by hand whose brokers a unit keeps, on a stand-in for systemd', () => {
  const scenario = useScenario({ nodes: members, gates: [], systemd: true, accounts: 'separate', withWorker: false });
  const made = new Map<string, HandMade>();
  const host = (name: string): Host => scenario().stage.host(name);
  const at = (name: string, file: string): string => path.join(made.get(name)?.home ?? '', file);
  const since = (name: string, time: number): string[] =>
    host(name)
      .systemctlCalls()
      .filter(({ user, at: when }) => user === 0 && Date.parse(when) >= time)
      .map(({ argv }) => argv.join(' '));
  const enabled = (name: string): string[] =>
    readdirSync(path.join(host(name).root, 'systemd/system/multi-user.target.wants')).sort();
  const pids = () =>
    members.map((name) =>
      host(name)
        .brokers()
        .map(({ pid, startTime }) => [name, pid, startTime]),
    );
  const allServe = (): Promise<void> =>
    until(
      async () =>
        JSON.stringify(await healthOf(members.map(host))) ===
        JSON.stringify(Object.fromEntries(members.map((name) => [name, serving('4.30.0', 3)]))),
      90_000,
    );

  beforeAll(async () => {
    const addresses = members.map((name) => host(name).address);
    for (const name of members) {
      const options = { version: '4.30.0', members: addresses, layout: 'version-folder', start: 'unit' } as const;
      made.set(name, await installByHand(host(name), options));
    }
    await allServe();
    // As the worker of the page for operators has it: what stood in config.xml is a variable of the worker.
    for (const name of ['PASSWORD', 'PRIVATE_KEY_PASSWORD']) {
      process.env[`KEPT_LISTENER_8883_KEYSTORE_${name}`] = [...made.values()][0]?.secrets[0];
    }
    await scenario().worker();
  }, LONG);

  test('it is taken into care as it runs', { timeout: LONG }, async () => {
    const [ran, time] = [pids(), Date.now()];
    const spec = handMadeOutline(scenario(), CLUSTER, made);
    const report = await scenario().complete('adoptCluster', { cluster: CLUSTER, spec });
    expect(report.changes).toEqual(members.map((name) => expect.stringMatching(`^${name} .*${OLD}$`) as unknown));
    expect(pids()).toEqual(ran);
    expect(members.flatMap((name) => since(name, time))).toEqual([]);
    const { spec: recorded } = await queryRecord(scenario().session, CLUSTER);
    expect(recorded).toMatchObject({ broker: { supervisor: 'systemd', javaOptions: '-Xmx256m -Dcompany.site=north' } });
    const again = { cluster: CLUSTER, dryRun: true, spec: encodeClusterSpec(recorded) };
    const planned = await scenario().complete('applySpec', again);
    expect(planned.changes).toEqual([]);
    expect(planned.steps).toEqual([]);
  });

  test('a broker that somebody starts again by its unit is still known', { timeout: LONG }, async () => {
    const time = Date.now();
    await host('n2').kill9('broker');
    await host('n2').run(`systemctl start ${OLD}`, 'root');
    await until(() => effects([host('n2')], time)['n2']?.['start'] === 1, 60_000);
    await allServe();
    const { nodes } = await scenario().complete('checkCluster', { cluster: CLUSTER });
    expect(nodes.filter(({ member }) => member).map(({ state }) => state)).toEqual(['serving', 'serving', 'serving']);
  });

  test('without the right to stop the old unit nothing is stopped', { timeout: LONG }, async () => {
    const [ran, time] = [pids(), Date.now()];
    const { spec } = await queryRecord(scenario().session, CLUSTER);
    const parsed = parseClusterSpec(encodeClusterSpec(spec));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const sudoers = (name: string): string => rendererOf(parsed.spec).sudoers(parsed.spec, name);
    for (const name of members) await host(name).installSudoers(sudoers(name));
    const restart = { cluster: CLUSTER, reason: 'to bring the layout in order' };
    const refused = await scenario().run('rollingRestart', restart);
    expectFailure(refused, 'CheckFailed', `sudo -n refuses as root: /usr/bin/systemctl disable ${OLD}`);
    expect(pids()).toEqual(ran);
    expect(members.flatMap((name) => since(name, time))).toEqual([]);
    for (const name of members) {
      const lines = Object.values(adoptedUnitCommands(OLD)).map(
        (argv) => `${host(name).user} ALL=(root) NOPASSWD: ${argv.join(' ')}\n`,
      );
      await host(name).installSudoers(sudoers(name) + lines.join(''));
    }
  });

  test('a rolling restart stops and disables the old unit, and the own one takes its place', {
    timeout: LONG,
  }, async () => {
    const time = Date.now();
    await scenario().complete('rollingRestart', { cluster: CLUSTER, reason: 'to bring the layout in order' });
    const once = { 'stop-requested': 1, stopped: 1, start: 1 };
    expect(effects(members.map(host), time)).toEqual({ n1: once, n2: once, n3: once });
    await allServe();
    for (const name of members) {
      expect(enabled(name)).toEqual([OWN]);
      expect(since(name, time).slice(0, 2)).toEqual([`disable ${OLD}`, `--no-block stop ${OLD}`]);
      expect(readdirSync(at(name, 'packages'))).toEqual(['hivemq-4.30.0']);
      expect(existsSync(at(name, '.hivekeeper/adopted-unit'))).toBe(false);
      expect(readFileSync(`/proc/${host(name).brokers()[0]?.pid}/environ`, 'utf8')).toContain('company.site=north');
    }
    const { spec: recorded } = await queryRecord(scenario().session, CLUSTER);
    const again = { cluster: CLUSTER, dryRun: true, spec: encodeClusterSpec(recorded) };
    expect(await scenario().complete('applySpec', again)).toMatchObject({ changes: [], steps: [] });
  });

  test('a host that reboots brings back its broker, and not by the old unit', { timeout: LONG }, async () => {
    const time = Date.now();
    await host('n3').reboot();
    await allServe();
    expect(effects([host('n3')], time)).toEqual({ n3: { start: 1 } });
  });
});
