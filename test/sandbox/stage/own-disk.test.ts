import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostKindRequirement } from '../../support/host-kinds.js';
import { mustSkip } from '../../support/requirements.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';

const separate = { sshServer: 'openssh', accounts: 'separate' } as const;

describe.skipIf(mustSkip(await hostKindRequirement(separate)))('a host with a disk of its own', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], ...separate, diskBytes: 4_000_000 });

  it('has really no room when it is filled up, and room again afterwards', async () => {
    const host = stage().host('n1');
    const ssh = await logIn(host);
    const write = (name: string, bytes: number) =>
      ssh.execCommand(`sudo -n -u ${host.brokerUser} -- sh -c 'head -c ${bytes} /dev/zero >${host.home}/${name}'`);
    expect((await write('before', 1_000_000)).code).toBe(0);
    await host.fillUp(100_000);
    const failed = await write('more', 1_000_000);
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('No space left on device');
    const { stdout } = await ssh.execCommand(`df -P -B1 ${host.home}`);
    expect(Number(stdout.split('\n')[1]?.split(/\s+/)[3])).toBeLessThan(100_001);
    await host.fillUp(undefined);
    expect((await write('more', 1_000_000)).code).toBe(0);
    const file = path.join(host.home, 'more');
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(host.outside(file))).toHaveLength(1_000_000);
    expect(host.outside(host.journalFile)).toBe(host.journalFile);
  });
});

describe('a host without one', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], sshServer: 'built-in' });

  it('says so', async () => {
    await expect(stage().host('n1').fillUp(0)).rejects.toThrow('The host n1 has no disk of its own');
    expect(stage().host('n1').outside('/a')).toBe('/a');
  });
});
