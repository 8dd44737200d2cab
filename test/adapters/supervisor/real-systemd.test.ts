import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisedNode } from '../../../src/adapters/ports/index.js';
import { installUnit, SystemdSupervisor } from '../../../src/adapters/supervisor/index.js';
import { renderEnvironmentLine } from '../../../src/render/environment.js';
import { renderStartGuard } from '../../../src/render/products/hivemq/start-guard.js';
import { renderSystemdUnit, rootCommands } from '../../../src/render/products/hivemq/index.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { hostOf, parsedSpec } from '../../render/parsed-spec.js';
import { mustSkip } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { NamespaceHost } from './support/namespace-host.js';
import { bootSystemd, own, realSystemd, type RealSystemd } from './support/real-systemd.js';

/** Stands for a broker: says what it got, and ends on SIGTERM as a Java machine does. */
const broker = `#!/bin/sh
env >"$OUT.env"
trap 'exit 143' TERM
echo "\${0##*/} $PWD $(id -un) $(umask)" >>"$OUT"
while :; do sleep 0.02; done
`;
const secret = `a "b" 'c' $HOME \`id\` \\ \\" # ; é %n %% \${PATH}`;

describe.skipIf(mustSkip(await realSystemd()))('the systemd supervisor, on a real systemd as first process', () => {
  const supervisor = new SystemdSupervisor();
  let systemd: RealSystemd;
  let host: NamespaceHost;
  let node: SupervisedNode;
  let unit: string;
  let allowed: string[];

  const at = (...parts: string[]): string => path.join(node.home, ...parts);
  const put = (file: string, text: string, mode = 0o644): void => {
    writeFileSync(at(file), text, { mode });
    own(at(file));
  };
  const started = (): string[] => (existsSync(at('out')) ? readFileSync(at('out'), 'utf8').trim().split('\n') : []);
  const scripts = (): string[] => started().map((line) => line.split(' ')[0] ?? '');
  const systemctl = async (...args: string[]): Promise<string> =>
    (await host.exec({ argv: ['systemctl', ...args, 'hivekeeper-prod.service'] })).stdout.trim();
  const property = (name: string): Promise<string> => systemctl('show', '--value', `--property=${name}`);
  const stopped = async (): Promise<void> => {
    await supervisor.requestStop(node);
    await until(async () => (await supervisor.requestStop(node)) === 'not-running');
  };

  beforeAll(async () => {
    systemd = await bootSystemd();
    host = new NamespaceHost(systemd);
    node = { host, cluster: 'prod', home: path.join(systemd.folder, 'home'), user: 'hivemq' };
    const { hosts, ...others } = exampleSpec();
    // Nobody answers on the cluster port of the only other member.
    const other = { ...hosts[1], address: '127.0.0.1' };
    const spec = parsedSpec({
      ...others,
      hosts: [{ ...hosts[0], home: node.home }, other, ...hosts.slice(2)],
      cluster: { transport: { bindPort: 1 } },
    });
    const resolved = hostOf(spec, 'n1');
    unit = renderSystemdUnit(spec, resolved);
    allowed = rootCommands(spec, resolved).map((argv) => argv.join(' '));
    for (const folder of ['', 'current/bin', 'conf', '.hivekeeper']) {
      mkdirSync(at(folder), { recursive: true });
      own(at(folder));
    }
    for (const script of ['run.sh', 'recovery.sh']) put(`current/bin/${script}`, broker, 0o755);
    put('.hivekeeper/start-guard', renderStartGuard(spec, ['n1', 'n2'], 'n1'));
    put('conf/hivekeeper.env', `OUT="${at('out')}"\n`);
    put('conf/hivekeeper-secrets.env', renderEnvironmentLine('HIVEKEEPER_PASSWORD', secret), 0o600);
  });
  afterAll(() => systemd.stop());
  beforeEach(() => rmSync(at('out'), { force: true }));

  it('finds nothing where no unit is installed', async () => {
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(await supervisor.requestStop(node)).toBe('not-running');
  });

  it('installs the unit once, and again when it changed', async () => {
    const reloads = (): number => host.asRoot.filter((call) => call.endsWith('daemon-reload')).length;
    expect(await installUnit(node, unit)).toBe('installed');
    expect(await installUnit(node, unit)).toBe('unchanged');
    expect(reloads()).toBe(1);
    expect(await installUnit(node, `${unit}# changed\n`)).toBe('installed');
    expect(await installUnit(node, unit)).toBe('installed');
    expect(reloads()).toBe(3);
    expect(await property('LoadState')).toBe('loaded');
  });

  it('starts, knows and stops it, as the broker’s user with the whole environment', async () => {
    await supervisor.enable(node);
    expect(await property('UnitFileState')).toBe('enabled');
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    expect(await supervisor.start(node, 'run.sh')).toBe('already-running');
    await until(() => started().length === 1);
    expect(started()).toEqual([`run.sh ${node.home} hivemq 0027`]);
    expect(readFileSync(`${at('out')}.env`, 'utf8').split('\n')).toContain(`HIVEKEEPER_PASSWORD=${secret}`);
    expect(await supervisor.state(node)).toMatchObject({ running: true });
    expect(existsSync(at('.hivekeeper/attended-start'))).toBe(false);
    expect(await supervisor.requestStop(node)).toBe('requested');
    await stopped();
    // 143 is how a Java machine ends that was asked to.
    expect(await property('Result')).toBe('success');
  });

  it('runs recovery.sh for one start only, and a crash after it brings run.sh, unasked and so refused', async () => {
    expect(await supervisor.start(node, 'recovery.sh')).toBe('started');
    await until(() => started().length === 1);
    expect(await property('Restart')).toBe('on-failure');
    expect(await property('DropInPaths')).toBe('');
    const { pid } = { pid: 0, ...(await supervisor.state(node)) };
    await host.run({ argv: ['kill', '-9', String(pid)] });
    await until(async () => Number(await property('NRestarts')) > 0);
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(scripts()).toEqual(['recovery.sh']);
    // Asked for, it starts in spite of the restart that systemd has planned.
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await until(() => started().length === 2);
    expect(scripts()).toEqual(['recovery.sh', 'run.sh']);
    await stopped();
  });

  it('starts a unit that has failed too often', async () => {
    // Unasked, each start is refused by the guard, and systemd tries again until it has had enough.
    await installUnit(node, unit.replace('RestartSec=5', 'RestartSec=0.1'));
    await systemctl('start');
    await until(async () => (await property('ActiveState')) === 'failed');
    await installUnit(node, unit);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await until(() => started().length === 1);
    await stopped();
  });

  it('leaves nothing of a start behind that systemd refuses', async () => {
    const script = at('current/bin/recovery.sh');
    rmSync(script);
    await expect(supervisor.start(node, 'recovery.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    put('current/bin/recovery.sh', broker, 0o755);
    await stopped();
    expect(existsSync(at('.hivekeeper/attended-start'))).toBe(false);
    expect(await property('DropInPaths')).toBe('');
    await supervisor.start(node, 'run.sh');
    await until(() => started().length === 1);
    expect(scripts()).toEqual(['run.sh']);
    await stopped();
  });

  it('refuses what was disabled, and forgets the restart of a crashed broker', async () => {
    await supervisor.start(node, 'run.sh');
    await host.run({ argv: ['kill', '-9', String({ pid: 0, ...(await supervisor.state(node)) }.pid)] });
    await until(async () => (await property('SubState')) === 'auto-restart');
    await supervisor.disable(node);
    expect(['inactive', 'failed']).toContain(await property('ActiveState'));
    expect(await property('UnitFileState')).toBe('disabled');
    await expect(supervisor.start(node, 'run.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    await systemctl('start');
    expect(await supervisor.state(node)).toEqual({ running: false });
    await supervisor.enable(node);
    await stopped();
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await stopped();
  });

  it('asks root for nothing but what the rendered sudoers file names, word by word', () => {
    expect([...new Set(host.asRoot)].filter((call) => !allowed.includes(call))).toEqual([]);
  });
});
