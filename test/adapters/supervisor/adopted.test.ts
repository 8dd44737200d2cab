import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupervisedNode } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { installUnit, ProcessSupervisor, SystemdSupervisor } from '../../../src/adapters/supervisor/index.js';
import { renderSudoers, renderSystemdUnit } from '../../../src/render/products/hivemq/index.js';
import { adoptedUnitPath } from '../../../src/render/systemd/names.js';
import { adoptedUnitCommands } from '../../../src/render/systemd/root-commands.js';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { hostOf, parsedSpec } from '../../render/parsed-spec.js';
import { mustSkip } from '../../support/requirements.js';
import { useStage } from '../../support/stage.js';
import { systemdHosts } from '../../support/systemd.js';
import { until } from '../../support/until.js';

const OLD = 'hivemq.service';
const broker = `#!/bin/sh
trap 'exit 0' TERM
while :; do sleep 0.02; done
`;

describe.skipIf(mustSkip(await systemdHosts()))('a broker that ran before its adoption', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], systemd: true, accounts: 'separate' });
  const supervisor = new SystemdSupervisor();
  let pool: SshHostPool;
  let node: SupervisedNode;
  let host: Host;
  let unit: string;
  let since = 0;

  const at = (...parts: string[]): string => path.join(host.home, ...parts);
  const put = (file: string, text: string, mode = 0o644): void => {
    writeFileSync(at(file), text, { mode });
    chownSync(at(file), 64_102, 64_102);
  };
  const asked = (): string[] =>
    host
      .systemctlCalls()
      .slice(since)
      .filter(({ user }) => user === 0)
      .map(({ argv }) => argv.join(' ').replace('hivekeeper-prod.service', 'own'));
  const isEnabled = (): boolean => existsSync(path.join(host.root, 'systemd/system/multi-user.target.wants', OLD));
  const startTimeOf = (pid: number): string | undefined =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];

  beforeAll(async () => {
    host = stage().host('n1');
    const { hosts, ...others } = exampleSpec();
    const spec = parsedSpec({
      ...others,
      hosts: [{ ...hosts[0], name: 'n1', home: host.home }, ...hosts.slice(1)],
    });
    const resolved = hostOf(spec, 'n1');
    unit = renderSystemdUnit(spec, resolved);
    const old = Object.values(adoptedUnitCommands(OLD)).map((argv) => `ops ALL=(root) NOPASSWD: ${argv.join(' ')}\n`);
    await host.installSudoers(`${renderSudoers(spec, resolved)}${old.join('').replaceAll('ops', host.user)}`);
    for (const folder of ['bin', 'current/bin', 'conf', '.hivekeeper']) {
      mkdirSync(at(folder), { recursive: true });
      chownSync(at(folder), 64_102, 64_102);
    }
    for (const file of ['bin/run.sh', 'current/bin/run.sh']) put(file, broker, 0o755);
    put('.hivekeeper/start-guard', 'exit 0\n');
    put('conf/hivekeeper.env', '');
    const text = `[Service]\nExecStart=${at('bin/run.sh')}\nUser=${host.brokerUser}\nRestart=always\nSuccessExitStatus=143\n[Install]\nWantedBy=multi-user.target\n`;
    writeFileSync(path.join(host.root, 'systemd/system', OLD), text);
    for (const words of ['daemon-reload', `enable ${OLD}`, `start ${OLD}`])
      await host.run(`systemctl ${words}`, 'root');
    pool = new SshHostPool();
    const { name, address, sshPort: port, user, become, privateKeyFile, hostKeyFingerprint } = host;
    const target = { name, address, port, user, become, privateKeyFile, hostKeys: [hostKeyFingerprint] };
    node = { host: await pool.connect(target), cluster: 'prod', home: host.home, user: host.brokerUser };
  });
  afterAll(() => pool.close());

  it('is not seen before it is noted, and is then known by its unit', async () => {
    expect(await supervisor.state(node)).toEqual({ running: false });
    put(adoptedUnitPath, `${OLD}\n`);
    const state = await supervisor.state(node);
    expect(state).toMatchObject({ running: true });
    expect(state.running && state.startTime).toBe(startTimeOf(state.running ? state.pid : 0));
  });

  it('is stopped by its unit, which no boot starts again, and never beside another', async () => {
    since = host.systemctlCalls().length;
    expect(await supervisor.start(node, 'run.sh')).toBe('already-running');
    expect(await supervisor.requestStop(node)).toBe('requested');
    await until(async () => !(await supervisor.state(node)).running);
    expect(asked()).toEqual([`disable ${OLD}`, `--no-block stop ${OLD}`]);
    expect(isEnabled()).toBe(false);
    expect(await supervisor.requestStop(node)).toBe('not-running');
  });

  it('runs under its own unit from then on', async () => {
    await supervisor.takeOver(node);
    expect(existsSync(at(adoptedUnitPath))).toBe(false);
    await installUnit(node, unit);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    expect(await supervisor.state(node)).toMatchObject({ running: true });
    await supervisor.requestStop(node);
    await until(async () => (await supervisor.requestStop(node)) === 'not-running');
  });

  it('that nobody keeps is known by its pid, asked to end by a signal, and not taken over while it runs', async () => {
    await host.run(`nohup setsid '${at('bin/run.sh')}' >/dev/null 2>&1 </dev/null &`, 'broker');
    await until(() => host.processes().some(({ cmdline }) => cmdline.includes(at('bin/run.sh'))));
    const { pid = 0 } = host.processes().find(({ cmdline }) => cmdline.includes(at('bin/run.sh'))) ?? {};
    put('.hivekeeper/broker.pid', `${pid} ${startTimeOf(pid) ?? ''}\n`);
    const running = { running: true, pid, startTime: startTimeOf(pid) };
    expect(await supervisor.state(node)).toEqual(running);
    // The same file tells the other supervisor of it.
    expect(await new ProcessSupervisor().state(node)).toEqual(running);
    await expect(supervisor.takeOver(node)).rejects.toMatchObject({ kind: 'BrokerNotSynchronized' });
    expect(await supervisor.requestStop(node)).toBe('requested');
    await until(async () => !(await supervisor.state(node)).running);
    await supervisor.takeOver(node);
    expect(existsSync(at('.hivekeeper/broker.pid'))).toBe(false);
    rmSync(at('bin'), { recursive: true });
  });
});
