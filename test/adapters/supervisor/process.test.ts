import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisedNode } from '../../../src/adapters/ports/index.js';
import { ProcessSupervisor } from '../../../src/adapters/supervisor/index.js';
import { renderEnvironmentLine } from '../../../src/render/environment.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';

/** Stands for a broker: says what it got, and ends on SIGTERM. */
const broker = `#!/bin/sh
echo "$0 $PWD" >>"$OUT.start"
env >"$OUT.env"
ulimit -n >"$OUT.limit"
echo on the console
trap 'echo stopped >>"$OUT.start"; exit 0' TERM
while :; do sleep 0.02; done
`;

describe.skipIf(opensshMissing !== null)('the process supervisor', () => {
  const ssh = useSshHost();
  const supervisor = new ProcessSupervisor();
  let node: SupervisedNode;
  let out: string;
  let count = 0;

  beforeEach(() => {
    count += 1;
    const home = join(ssh.folder, `home-${String(count)}`);
    out = join(home, 'out');
    for (const folder of ['current/bin', 'conf', '.hivekeeper']) mkdirSync(join(home, folder), { recursive: true });
    for (const name of ['run.sh', 'recovery.sh'])
      writeFileSync(join(home, 'current/bin', name), broker, { mode: 0o755 });
    writeFileSync(
      join(home, 'conf/hivekeeper.env'),
      `# comment\nOUT=${out}\n\nPASSWORD=a=b $HOME 'q" \\x #\nbad line\n`,
    );
    node = { host: ssh.host, cluster: 'prod', home, user: ssh.sshd.target.user };
  });
  afterEach(async () => {
    await supervisor.requestStop(node);
    await gone();
  });

  const lines = (): string[] =>
    existsSync(`${out}.start`) ? readFileSync(`${out}.start`, 'utf8').trim().split('\n') : [];
  const gone = async (): Promise<void> => {
    while ((await supervisor.state(node)).running) await sleep(10);
  };
  const limited = async (): Promise<void> => {
    while (!existsSync(`${out}.limit`) || readFileSync(`${out}.limit`, 'utf8') === '') await sleep(5);
  };

  it('starts once, knows the process, asks it to stop', async () => {
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(await supervisor.requestStop(node)).toBe('not-running');
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await limited();
    const state = await supervisor.state(node);
    expect(state.running).toBe(true);
    expect(await supervisor.start(node, 'run.sh')).toBe('already-running');
    expect(await supervisor.state(node)).toEqual(state);
    expect(await supervisor.requestStop(node)).toBe('requested');
    await gone();
    expect(lines()).toEqual([`${node.home}/current/bin/run.sh ${node.home}/current`, 'stopped']);
    expect(readFileSync(join(node.home, 'log/console.log'), 'utf8')).toBe('on the console\n');
  });

  it('gives the environment file to the broker, byte for byte, and raises its limit', async () => {
    await supervisor.start(node, 'recovery.sh');
    await limited();
    const env = readFileSync(`${out}.env`, 'utf8').split('\n');
    expect(env).toContain(`PASSWORD=a=b $HOME 'q" \\x #`);
    expect(env.some((line) => line.startsWith('HIVEKEEPER_STATE'))).toBe(false);
    const hard = (await ssh.host.run({ argv: ['sh', '-c', 'ulimit -Hn'] })).stdout;
    expect(readFileSync(`${out}.limit`, 'utf8')).toBe(hard);
    expect(lines()[0]).toContain('recovery.sh');
  });

  it('gives the secrets to the broker too, quoted as systemd reads them', async () => {
    const value = `a "b" 'c' $HOME \`id\` \\ \\" # ; é\\`;
    const file = join(node.home, 'conf/hivekeeper-secrets.env');
    writeFileSync(file, renderEnvironmentLine('HIVEKEEPER_PASSWORD', value), { mode: 0o600 });
    await supervisor.start(node, 'run.sh');
    await limited();
    expect(readFileSync(`${out}.env`, 'utf8').split('\n')).toContain(`HIVEKEEPER_PASSWORD=${value}`);
  });

  it('starts one process when two ask at once', async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => supervisor.start(node, 'run.sh')));
    expect(results.sort()).toEqual(['already-running', 'already-running', 'already-running', 'started']);
    await limited();
    expect(lines()).toHaveLength(1);
  });

  it('does not take a reused pid for its own, and never signals it', async () => {
    writeFileSync(join(node.home, '.hivekeeper/broker.pid'), `${String(process.pid)} 12345\n`);
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(await supervisor.requestStop(node)).toBe('not-running');
  });

  it('refuses to start what was disabled, until it is enabled', async () => {
    await supervisor.disable(node);
    await expect(supervisor.start(node, 'run.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    await supervisor.enable(node);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
  });

  it('says when there is nothing to start', async () => {
    const empty = { ...node, home: join(ssh.folder, 'empty') };
    mkdirSync(join(empty.home, '.hivekeeper'), { recursive: true });
    await expect(supervisor.start(empty, 'run.sh')).rejects.toThrow(/run\.sh is not an executable file/);
  });

  it('starts as a process of its own session, which outlives the connection', async () => {
    await supervisor.start(node, 'run.sh');
    const before = await supervisor.state(node);
    ssh.sshd.cut();
    await sleep(50);
    expect(await supervisor.state(node)).toEqual(before);
  });
});
