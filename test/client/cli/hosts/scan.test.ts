import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useStage } from '../../../support/stage.js';
import { type Desk, openDesk } from '../spec/run-cli.js';

describe('hivekeeper hosts scan', () => {
  const stage = useStage({ nodes: ['n1'] });
  let desk: Desk;
  beforeEach(() => {
    desk = openDesk();
  });
  afterEach(() => desk.clear());

  const spec = (hostKey?: string) => {
    const { name, address, sshPort } = stage().nodes[0]!;
    return { ssh: { port: sshPort }, hosts: [{ name, address, ...(hostKey !== undefined && { hostKey }) }] };
  };

  it('prints the line to paste, before the spec has any key', async () => {
    const host = stage().nodes[0]!;
    desk.write('prod.yaml', spec());
    const { code, stdout, stderr } = await desk.run('hosts', 'scan', 'prod.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain(`- { name: ${host.name}, address: ${host.address}, hostKey: `);
    expect(stdout).toContain(`"${host.hostKeyFingerprint}"`);
    expect(stderr).toContain('Compare each with the host itself');
  });

  it('says which hosts present what the spec names, and fails for another key', async () => {
    desk.write('same.yaml', spec(stage().nodes[0]!.hostKeyFingerprint));
    expect(await desk.run('hosts', 'scan', 'same.yaml')).toMatchObject({ code: 0, stderr: '' });
    desk.write('other.yaml', spec(`SHA256:${'A'.repeat(43)}`));
    const other = await desk.run('hosts', 'scan', 'other.yaml');
    expect(other.code).toBe(3);
    expect(other.stderr).toContain('presents none of the keys in the spec');
  });

  it('names a host that does not answer, and a file that is no spec', async () => {
    desk.write('gone.yaml', { hosts: [{ name: 'n9', address: '127.0.0.1', ssh: { port: 1 } }] });
    const gone = await desk.run('hosts', 'scan', 'gone.yaml');
    expect(gone).toMatchObject({ code: 3, stdout: '' });
    expect(gone.stderr).toContain('n9 (127.0.0.1:1): ');
    desk.write('bad.yaml', 'hosts:\n  - { name: n1 }\n');
    const bad = await desk.run('hosts', 'scan', 'bad.yaml');
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toContain('bad.yaml:2:');
  });
});
