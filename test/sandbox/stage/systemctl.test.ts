import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { parseEnvironmentFile, parseExec, parseUnit } from '../../../src/sandbox/hosts/programs/systemd-unit-file.js';
import { mustSkip } from '../../support/requirements.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';
import { systemdHosts } from '../../support/systemd.js';
import { until } from '../../support/until.js';

describe('how the stand-in for systemd reads', () => {
  it('a unit with drop-ins: an empty value takes back those before it', () => {
    const unit = parseUnit(['# c\n[Unit]\nA=1\n[Service]\nB = x\nB=y\n', '[Service]\nB=\nB=z=1\n']);
    expect(Object.fromEntries(unit)).toEqual({ 'Unit.A': ['1'], 'Service.B': ['z=1'] });
    expect(() => parseUnit(['[Service]\nnonsense\n'])).toThrow(/Missing '='/);
  });

  it('a command with its prefixes and quotes', () => {
    expect(parseExec(`-+/bin/sh -c 'a b' "c"`)).toEqual({
      program: '/bin/sh',
      args: ['-c', 'a b', 'c'],
      mayFail: true,
      asRoot: true,
    });
    expect(() => parseExec('sh -c x')).toThrow(/absolute/);
  });

  it('an environment file', () => {
    const text = `# c\nA=1 \nB="x\\"y\\\\z\\q" \nC='a b'"c"\nD=\n no\n;E=1\nF=a\\ b  \n`;
    expect(parseEnvironmentFile(text)).toEqual({ A: '1', B: 'x"y\\z\\q', C: 'a bc', D: '', F: 'a b' });
  });
});

describe.skipIf(mustSkip(await systemdHosts()))('systemctl on a host of the stage', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], systemd: true, accounts: 'separate' });
  let host: Host;
  let units: string;
  beforeAll(async () => {
    host = stage().host('n1');
    units = path.join(host.root, 'systemd/system');
    await host.installSudoers('ops ALL=(root) NOPASSWD: /usr/bin/systemctl\n');
  });

  const sleeper = (more = '') =>
    `[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=60\n[Service]\nUser=hivemq\nExecStart=/bin/sleep 1000\nRestart=on-failure\nRestartSec=0.05\n${more}[Install]\nWantedBy=multi-user.target\n`;
  const systemctl = async (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    (await logIn(host)).execCommand(`sudo -n /usr/bin/systemctl ${args.join(' ')}`);
  const shown = async (): Promise<string> =>
    (
      await (
        await logIn(host)
      ).execCommand('systemctl show --property=ActiveState,MainPID,NeedDaemonReload -- x.service')
    ).stdout;
  const pid = async (): Promise<number> => Number(/MainPID=(\d+)/.exec(await shown())?.[1]);

  beforeEach(async () => {
    writeFileSync(path.join(units, 'x.service'), sleeper());
    await systemctl('daemon-reload');
  });
  afterEach(async () => {
    await systemctl('stop', 'x.service');
    await systemctl('reset-failed', 'x.service');
  });

  it('starts as the unit’s user, and stops', async () => {
    expect((await systemctl('start', 'x.service')).code).toBe(0);
    expect(await shown()).toMatch(/ActiveState=active\nMainPID=[1-9]/);
    expect(readFileSync(`/proc/${await pid()}/status`, 'utf8')).toMatch(/^Uid:\s64102\s/m);
    expect((await systemctl('stop', 'x.service')).code).toBe(0);
    expect(await shown()).toContain('ActiveState=inactive\nMainPID=0');
  });

  it('lets nobody but root change anything, and knows nothing of other units', async () => {
    const asLogin = await (await logIn(host)).execCommand('systemctl start x.service');
    expect(asLogin).toMatchObject({ code: 1, stderr: 'Failed to start: Interactive authentication required.' });
    expect((await systemctl('start', 'none.service')).code).toBe(5);
    expect((await systemctl('frobnicate', 'x.service')).code).toBe(1);
    expect((await systemctl('--now', 'enable', 'x.service')).stderr).toContain("unrecognized option '--now'");
  });

  it('starts again what was killed, until it was too often', async () => {
    await systemctl('start', 'x.service');
    for (let starts = 1; starts <= 3; starts++) {
      const last = await pid();
      await host.kill9(last);
      const settled = async (): Promise<boolean> => {
        const now = await shown();
        return now.includes('ActiveState=failed') || (now.includes('=active') && !now.includes(`MainPID=${last}\n`));
      };
      await until(settled);
    }
    expect(await shown()).toContain('ActiveState=failed');
    expect((await systemctl('start', 'x.service')).code).toBe(1);
    await systemctl('reset-failed', 'x.service');
    expect((await systemctl('start', 'x.service')).code).toBe(0);
  });

  it('goes by what it has read, until it is told to read again', async () => {
    await systemctl('start', 'x.service');
    await systemctl('stop', 'x.service');
    appendFileSync(path.join(units, 'x.service'), '[Service]\nExecStartPre=/bin/false\n');
    expect(await shown()).toContain('NeedDaemonReload=yes');
    expect((await systemctl('start', 'x.service')).code).toBe(0);
    await systemctl('stop', 'x.service');
    await systemctl('daemon-reload');
    expect(await shown()).toContain('NeedDaemonReload=no');
    expect((await systemctl('start', 'x.service')).code).toBe(1);
  });

  it('starts at a boot what is enabled, and nothing else', async () => {
    await systemctl('start', 'x.service');
    await host.reboot();
    await until(() => host.systemctlCalls().at(-1)?.argv[0] === 'stage-boot');
    expect(await shown()).toContain('ActiveState=inactive');
    await systemctl('enable', 'x.service');
    await host.reboot();
    await until(async () => (await shown()).includes('ActiveState=active'));
    await systemctl('disable', 'x.service');
    expect(existsSync(path.join(units, 'multi-user.target.wants/x.service'))).toBe(false);
  });
});
