import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  renderRecoveryDropIn,
  renderSudoers,
  renderSystemdUnit,
  rootCommands,
} from '../../../src/render/products/hivemq/index.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { mustSkip } from '../../support/requirements.js';
import { systemdTools } from '../../support/systemd.js';
import { hostOf, parsedSpec } from '../parsed-spec.js';

const spec = parsedSpec();
const host = hostOf(spec, 'n1');

/** `Key=value` lines by section; a key that stands several times has several values. */
function sections(unit: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let section = '';
  for (const line of unit.split('\n')) {
    if (line.startsWith('[')) section = line.slice(1, -1);
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) found.set(`${section}.${key}`, [...(found.get(`${section}.${key}`) ?? []), value ?? '']);
  }
  return found;
}

describe('the systemd unit', () => {
  it('is this', async () => {
    await expect(renderSystemdUnit(spec, host)).toMatchFileSnapshot('expected/hivekeeper-prod.service');
  });

  it('never ends a stop early, and does not start a broker for ever that cannot start', () => {
    const unit = sections(renderSystemdUnit(spec, host));
    expect(unit.get('Service.TimeoutStopSec')).toEqual(['infinity']);
    expect(unit.get('Service.SendSIGKILL')).toEqual(['no']);
    expect(unit.get('Service.SuccessExitStatus')).toEqual(['143']);
    expect(unit.get('Service.Restart')).toEqual(['on-failure']);
    expect(unit.get('Unit.StartLimitBurst')).toEqual(['4']);
    expect(unit.get('Service.ExecStart')).toEqual(['/opt/hivemq/current/bin/run.sh']);
    expect(unit.get('Service.ExecStartPre')).toEqual(['/bin/sh /opt/hivemq/.hivekeeper/start-guard']);
  });
});

describe('the systemd unit of a broker without a cluster', () => {
  it('leaves the data in place at every start', () => {
    const alone = parsedSpec({ cluster: { enabled: false } });
    const unit = sections(renderSystemdUnit(alone, hostOf(alone, 'n1')));
    expect(unit.get('Service.ExecStart')).toEqual(['/opt/hivemq/current/bin/recovery.sh']);
  });
});

describe('the drop-in for a recovery start', () => {
  it('replaces the script, removes itself, and is never repeated', () => {
    const unit = sections(renderRecoveryDropIn(spec, host));
    expect(unit.get('Service.ExecStart')).toEqual(['', '/opt/hivemq/current/bin/recovery.sh']);
    expect(unit.get('Service.ExecStartPre')).toEqual([
      '+/bin/rm -f /run/systemd/system/hivekeeper-prod.service.d/hivekeeper-recovery.conf',
    ]);
    expect(unit.get('Service.ExecStartPost')).toEqual(['-+/bin/systemctl --no-block daemon-reload']);
    expect(unit.get('Service.Restart')).toEqual(['no']);
  });
});

describe.skipIf(mustSkip(systemdTools))('systemd-analyze verify (apt-get install systemd)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-units-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What it has to say of the unit; programs are looked for, so they are there. */
  function verify(text: string, dropIn?: string): { status: number | null; stderr: string } {
    for (const script of ['run.sh', 'recovery.sh']) {
      mkdirSync(join(folder, 'home/current/bin'), { recursive: true });
      writeFileSync(join(folder, 'home/current/bin', script), '#!/bin/sh\n', { mode: 0o755 });
    }
    const file = join(folder, 'hivekeeper-prod.service');
    writeFileSync(file, text);
    rmSync(`${file}.d`, { recursive: true, force: true });
    if (dropIn !== undefined) {
      mkdirSync(`${file}.d`);
      writeFileSync(join(`${file}.d`, 'hivekeeper-recovery.conf'), dropIn);
    }
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` };
    const { status, stderr } = spawnSync('/usr/bin/systemd-analyze', ['verify', file], { encoding: 'utf8', env });
    return {
      status,
      stderr: stderr
        .split('\n')
        .filter((line) => line.includes('hivekeeper'))
        .join('\n'),
    };
  }
  const local = { ...host, home: join(folder, 'home') };
  const accepted = { status: 0, stderr: '' };

  it('accepts the unit', () => {
    expect(verify(renderSystemdUnit(spec, local))).toEqual(accepted);
  });

  it('accepts the drop-in for a recovery start', () => {
    expect(verify(renderSystemdUnit(spec, local), renderRecoveryDropIn(spec, local))).toEqual(accepted);
  });

  it.each([
    ['TimeoutStopSec=infinity', 'TimeoutStopSec=never'],
    ['KillMode=mixed', 'KillMode=gently'],
    ['SendSIGKILL=no', 'SendKill=no'],
    ['/current/bin/run.sh', '/current/bin/start.sh'],
  ])('would say when %s were %s', (good, bad) => {
    expect(verify(renderSystemdUnit(spec, local).replace(good, bad)).stderr).not.toBe('');
  });

  it('would say when the drop-in were wrong', () => {
    const bad = renderRecoveryDropIn(spec, local).replace('ExecStart=\n', '');
    expect(verify(renderSystemdUnit(spec, local), bad).stderr).not.toBe('');
  });
});

const hasVisudo = spawnSync('visudo', ['--version']).error === undefined;
const skipVisudo = !hasVisudo && process.env.HIVEKEEPER_REQUIRE_ALL !== '1';

describe('the sudoers file', () => {
  const broker = { ...exampleSpec().broker, supervisor: 'process' };
  const plain = parsedSpec({ broker });

  it('is this', async () => {
    await expect(renderSudoers(spec, host)).toMatchFileSnapshot('expected/sudoers');
  });

  it('allows as root one command where no service manager keeps the broker', () => {
    expect(rootCommands(plain, host)).toEqual([
      ['/usr/bin/install', '-d', '-o', 'hivemq', '-g', 'hivemq', '-m', '0750', '/opt/hivemq'],
    ]);
    expect(renderSudoers(plain, host).match(/\(root\)/g)).toHaveLength(1);
  });

  it('names every command by its full path, and none with a wildcard', () => {
    for (const [program, ...rest] of rootCommands(spec, host)) {
      expect(program).toMatch(/^\/usr\/bin\//);
      expect(rest.join(' ')).not.toMatch(/[*?[\]]/);
    }
  });

  it.skipIf(skipVisudo)('is accepted by visudo (apt-get install sudo)', () => {
    for (const one of [spec, plain]) {
      const checked = spawnSync('visudo', ['-c', '-f', '-'], { input: renderSudoers(one, host), encoding: 'utf8' });
      expect(checked.status, checked.stderr).toBe(0);
    }
  });
});
