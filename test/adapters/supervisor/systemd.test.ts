import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisedNode } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { installUnit, SystemdSupervisor } from '../../../src/adapters/supervisor/index.js';
import { renderEnvironmentLine } from '../../../src/render/environment.js';
import { renderSudoers, renderSystemdUnit, rootCommands } from '../../../src/render/products/hivemq/index.js';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { hostOf, parsedSpec } from '../../render/parsed-spec.js';
import { mustSkip } from '../../support/requirements.js';
import { useStage } from '../../support/stage.js';
import { systemdHosts } from '../../support/systemd.js';
import { until } from '../../support/until.js';

/** Stands for a broker: says what it got, and ends on SIGTERM. */
const broker = `#!/bin/sh
env >"$OUT.env"
trap 'exit 0' TERM
echo "\${0##*/} $PWD $(id -un)" >>"$OUT"
while :; do sleep 0.02; done
`;
/** Passes when Hivekeeper asked for the start, as the rendered one does when no member answers. */
const guard = (home: string) =>
  `rm "${home}/.hivekeeper/attended-start" || { echo unattended >>"${home}/guard"; exit 1; }`;
const secret = `a "b" 'c' $HOME \`id\` \\ # ; é`;

describe.skipIf(mustSkip(await systemdHosts()))('the systemd supervisor, on a stand-in for systemctl', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], systemd: true, accounts: 'separate' });
  const supervisor = new SystemdSupervisor();
  let pool: SshHostPool;
  let node: SupervisedNode;
  let host: Host;
  let unit: string;
  let allowed: string[];

  const at = (...parts: string[]): string => path.join(host.home, ...parts);
  const own = (file: string): void => chownSync(file, 64_102, 64_102);
  const put = (file: string, text: string, mode = 0o644): void => {
    writeFileSync(at(file), text, { mode });
    own(at(file));
  };
  const started = (): string[] => (existsSync(at('out')) ? readFileSync(at('out'), 'utf8').trim().split('\n') : []);
  const scripts = (): string[] => started().map((line) => line.split(' ')[0] ?? '');
  const rest = async (): Promise<void> => {
    await supervisor.requestStop(node);
    await until(async () => !(await supervisor.state(node)).running);
    await until(async () => (await supervisor.requestStop(node)) === 'not-running');
  };
  /** What root was asked for since the test began, without the program's folder. */
  let since = 0;
  const asked = (): string[] =>
    host
      .systemctlCalls()
      .slice(since)
      .filter(({ user }) => user === 0)
      .map(({ argv }) => argv.join(' ').replace(' hivekeeper-prod.service', ''));

  beforeAll(async () => {
    host = stage().host('n1');
    const { hosts, ...others } = exampleSpec();
    const first = { ...hosts[0], name: 'n1', home: host.home };
    const spec = parsedSpec({ ...others, hosts: [first, ...hosts.slice(1)] });
    const resolved = hostOf(spec, 'n1');
    unit = renderSystemdUnit(spec, resolved);
    allowed = rootCommands(spec, resolved).map((argv) => argv.join(' '));
    await host.installSudoers(renderSudoers(spec, resolved));
    for (const folder of ['current/bin', 'conf', '.hivekeeper']) {
      mkdirSync(at(folder), { recursive: true });
      own(at(folder));
    }
    for (const script of ['run.sh', 'recovery.sh']) put(`current/bin/${script}`, broker, 0o755);
    put('.hivekeeper/start-guard', guard(host.home));
    put('conf/hivekeeper.env', `OUT="${at('out')}"\n`);
    put('conf/hivekeeper-secrets.env', renderEnvironmentLine('HIVEKEEPER_PASSWORD', secret), 0o600);
    pool = new SshHostPool();
    const { name, address, sshPort: port, user, become, privateKeyFile, hostKeyFingerprint } = host;
    const target = { name, address, port, user, become, privateKeyFile, hostKeys: [hostKeyFingerprint] };
    node = { host: await pool.connect(target), cluster: 'prod', home: host.home, user: host.brokerUser };
  });
  afterAll(() => pool.close());
  beforeEach(() => {
    for (const file of ['out', 'guard']) rmSync(at(file), { force: true });
    since = host.systemctlCalls().length;
  });

  it('finds nothing where no unit is installed', async () => {
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(await supervisor.requestStop(node)).toBe('not-running');
    expect(asked()).toEqual([]);
  });

  it('installs the unit once, and again when it changed', async () => {
    expect(await installUnit(node, unit)).toBe('installed');
    expect(await installUnit(node, unit)).toBe('unchanged');
    expect(readFileSync(path.join(host.root, 'systemd/system/hivekeeper-prod.service'), 'utf8')).toBe(unit);
    expect(asked()).toEqual(['daemon-reload']);
    expect(await installUnit(node, `${unit}# changed\n`)).toBe('installed');
    expect(await installUnit(node, unit)).toBe('installed');
    expect(asked()).toEqual(['daemon-reload', 'daemon-reload', 'daemon-reload']);
  });

  it('starts, knows and stops the unit, as the broker’s user with the whole environment', async () => {
    await supervisor.enable(node);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    expect(await supervisor.start(node, 'run.sh')).toBe('already-running');
    await until(() => started().length === 1);
    expect(started()).toEqual([`run.sh ${host.home} hivemq`]);
    expect(readFileSync(`${at('out')}.env`, 'utf8').split('\n')).toContain(`HIVEKEEPER_PASSWORD=${secret}`);
    const state = await supervisor.state(node);
    const stat = readFileSync(`/proc/${state.running ? state.pid : 0}/stat`, 'utf8');
    expect(state).toMatchObject({ running: true, startTime: stat.split(') ')[1]?.split(' ')[19] });
    expect(await supervisor.requestStop(node)).toBe('requested');
    await until(async () => !(await supervisor.state(node)).running);
    expect(asked()).toEqual(['enable', 'reset-failed', 'start', '--no-block stop']);
  });

  it('runs recovery.sh for one start only', async () => {
    expect(await supervisor.start(node, 'recovery.sh')).toBe('started');
    await until(() => started().length === 1);
    await rest();
    await supervisor.start(node, 'run.sh');
    await until(() => started().length === 2);
    await rest();
    expect(scripts()).toEqual(['recovery.sh', 'run.sh']);
  });

  it('is started again after a crash by run.sh, unattended, also after a recovery start', async () => {
    await supervisor.start(node, 'recovery.sh');
    await until(() => started().length === 1);
    const { pid } = { pid: 0, ...(await supervisor.state(node)) };
    await host.kill9(pid);
    await until(() => existsSync(at('guard')));
    expect(scripts()).toEqual(['recovery.sh']);
    // Asked for, it starts in spite of the restart that systemd has planned.
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await until(() => started().length === 2);
    expect(scripts()).toEqual(['recovery.sh', 'run.sh']);
    await rest();
  });

  it('leaves nothing of a start behind that systemd refuses', async () => {
    put('.hivekeeper/start-guard', 'exit 1\n');
    try {
      await expect(supervisor.start(node, 'recovery.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
      expect(existsSync(at('.hivekeeper/attended-start'))).toBe(false);
      await rest();
    } finally {
      put('.hivekeeper/start-guard', guard(host.home));
    }
    await supervisor.start(node, 'run.sh');
    await until(() => started().length === 1);
    await rest();
    expect(scripts()).toEqual(['run.sh']);
  });

  it('refuses what was disabled, and no boot starts it', async () => {
    await supervisor.disable(node);
    await expect(supervisor.start(node, 'run.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    expect(asked()).toEqual(['disable']);
    await supervisor.enable(node);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await rest();
  });

  it('forgets the restart of a crashed broker when it is disabled', async () => {
    await supervisor.start(node, 'run.sh');
    await host.kill9({ pid: 0, ...(await supervisor.state(node)) }.pid);
    await until(() => existsSync(at('guard')));
    await supervisor.disable(node);
    expect(await supervisor.requestStop(node)).toBe('not-running');
    await supervisor.enable(node);
  });

  it('asks root for nothing but what the rendered sudoers file names, word by word', () => {
    const verbs = host.systemctlCalls().filter(({ user }) => user === 0);
    const calls = verbs.map(({ argv }) => ['/usr/bin/systemctl', ...argv].join(' '));
    expect(calls.filter((call) => !allowed.includes(call) && !call.endsWith('stage-boot'))).toEqual([
      // The drop-in of a recovery start tells systemd itself.
      '/usr/bin/systemctl --no-block daemon-reload',
      '/usr/bin/systemctl --no-block daemon-reload',
    ]);
    expect(readdirSync(at('.hivekeeper')).sort()).toEqual([
      'hivekeeper-prod.service',
      'hivekeeper-prod.service.recovery',
      'start-guard',
    ]);
  });
});
