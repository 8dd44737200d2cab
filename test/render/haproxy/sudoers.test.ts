import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { balancerSudoers } from '../../../src/render/haproxy/sudoers.js';
import { balanced } from './specs.js';

const hasVisudo = spawnSync('visudo', ['--version']).error === undefined;

describe('the sudoers file of a host of the balancer', () => {
  it('allows its own units and its folder, and nothing as another user', () => {
    const text = balancerSudoers(balanced(), 'lb1');
    expect(text).toContain('NOPASSWD: /usr/bin/systemctl reload hivekeeper-prod-balancer.service\n');
    expect(text).toContain('NOPASSWD: /usr/bin/systemctl daemon-reload\n');
    expect(text).toMatch(/NOPASSWD: \/usr\/bin\/install -d -o \S+ -g \S+ -m 0750 \/opt\/hivekeeper-balancer\n/);
    expect(text).not.toContain('NOPASSWD: ALL');
  });

  it('has no word about systemd where no unit is asked for', () => {
    expect(balancerSudoers(balanced({ supervisor: 'process' }), 'lb1')).not.toContain('systemctl');
  });

  it.skipIf(!hasVisudo)('is accepted by visudo (apt-get install sudo)', () => {
    const input = balancerSudoers(balanced(), 'lb1');
    const checked = spawnSync('visudo', ['-c', '-f', '-'], { input, encoding: 'utf8' });
    expect(`${checked.stdout}${checked.stderr}`).toContain('parsed OK');
  });
});
