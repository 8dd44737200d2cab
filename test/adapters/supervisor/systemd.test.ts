import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisedNode } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { SystemdSupervisor } from '../../../src/adapters/supervisor/index.js';
import { opensshMissing, startOpenSsh, type OpenSsh } from '../support/openssh.js';

/** Does with a real process what systemd would do, as far as these tests look; remembers each call. */
const systemctl = (state: string): string => `#!/bin/sh
state=${state}
echo "$*" >>"$state/calls"
for unit; do :; done
dropin="$state/run/$unit.d/recovery.conf"
case $1 in
  show) cat "$state/pid" 2>/dev/null || echo 0 ;;
  daemon-reload) [ -f "$state/dropin" ] && cp "$state/dropin" "$state/loaded"; for f in "$state"/run/*/recovery.conf; do
      if [ -f "$f" ]; then cp "$f" "$state/loaded"; else rm -f "$state/loaded"; fi; done ;;
  start)
    [ ! -e "$state/refuse" ] || { echo "Job for $unit failed." >&2; exit 1; }
    program=run.sh
    [ ! -f "$state/loaded" ] || program=$(sed -n 's/^ExecStart=.*bin.//p' "$state/loaded" | tail -1)
    echo "$program" >>"$state/started"
    setsid sleep 30 </dev/null >/dev/null 2>&1 &
    echo $! >"$state/pid"
    [ ! -f "$state/loaded" ] || eval "$(sed -n 's/^ExecStartPost=+//p' "$state/loaded")" ;;
  stop) kill "$(cat "$state/pid")" ;;
esac
`;

describe.skipIf(opensshMissing !== null)('the systemd supervisor, on a stand-in for systemctl', () => {
  let sshd: OpenSsh;
  let pool: SshHostPool;
  let node: SupervisedNode;
  let folder: string;
  let supervisor: SystemdSupervisor;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-systemd-'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/systemctl'), systemctl(folder), { mode: 0o755 });
    sshd = await startOpenSsh({ path: `${join(folder, 'bin')}:/usr/bin:/bin` });
    pool = new SshHostPool();
    const host = await pool.connect({ ...sshd.target, become: 'none' });
    node = { host, cluster: 'prod', home: join(folder, 'home'), user: sshd.target.user };
    supervisor = new SystemdSupervisor(join(folder, 'run'));
  });
  afterAll(async () => {
    if ((await supervisor.state(node)).running) await supervisor.requestStop(node);
    await pool.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const name of ['calls', 'started', 'refuse']) rmSync(join(folder, name), { force: true });
  });

  const read = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trim().split('\n');
  const stopped = async (): Promise<void> => {
    await supervisor.requestStop(node);
    while ((await supervisor.state(node)).running) await sleep(10);
  };

  it('starts, knows and stops the unit', async () => {
    expect(await supervisor.state(node)).toEqual({ running: false });
    expect(await supervisor.requestStop(node)).toBe('not-running');
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    expect(await supervisor.start(node, 'run.sh')).toBe('already-running');
    const state = await supervisor.state(node);
    const stat = readFileSync(`/proc/${read('pid')[0]!}/stat`, 'utf8');
    expect(state).toEqual({
      running: true,
      pid: Number(read('pid')[0]),
      startTime: stat.split(') ')[1]!.split(' ')[19],
    });
    expect(await supervisor.requestStop(node)).toBe('requested');
    await stopped();
    expect(read('calls')).toContain('start hivekeeper-prod.service');
    expect(read('calls')).toContain('stop --no-block hivekeeper-prod.service');
  });

  it('runs recovery.sh for one start only', async () => {
    expect(await supervisor.start(node, 'recovery.sh')).toBe('started');
    expect(existsSync(join(folder, 'run/hivekeeper-prod.service.d/recovery.conf'))).toBe(false);
    await stopped();
    await supervisor.start(node, 'run.sh');
    await stopped();
    expect(read('started')).toEqual(['recovery.sh', 'run.sh']);
  });

  it('leaves no recovery start behind when systemd refuses', async () => {
    writeFileSync(join(folder, 'refuse'), '');
    await expect(supervisor.start(node, 'recovery.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    expect(existsSync(join(folder, 'run/hivekeeper-prod.service.d/recovery.conf'))).toBe(false);
  });

  it('refuses what was disabled', async () => {
    await supervisor.disable(node);
    await expect(supervisor.start(node, 'run.sh')).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    expect(read('calls')).toContain('disable hivekeeper-prod.service');
    await supervisor.enable(node);
    expect(await supervisor.start(node, 'run.sh')).toBe('started');
    await stopped();
  });
});
