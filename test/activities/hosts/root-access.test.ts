import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootAccess } from '../../../src/activities/hosts/root-access.js';
import type { RemoteHost } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import {
  type Argv,
  makeHomeCommand,
  type NodePlace,
  systemdCommands,
} from '../../../src/render/systemd/root-commands.js';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { hostKindRequirement } from '../../support/host-kinds.js';
import { mustSkip } from '../../support/requirements.js';
import { useStage } from '../../support/stage.js';

const options = { sshServer: 'openssh', accounts: 'separate' } as const;

describe.skipIf(mustSkip(await hostKindRequirement(options)))('what may be done as root on a host', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], ...options });
  const pool = new SshHostPool();
  let host: Host;
  let remote: RemoteHost;
  let place: NodePlace;
  beforeAll(async () => {
    host = stage().host('n1');
    const { name, address, sshPort: port, user, become, privateKeyFile, hostKeyFingerprint } = host;
    remote = await pool.connect({ name, address, port, user, become, privateKeyFile, hostKeys: [hostKeyFingerprint] });
    place = { cluster: 'prod', home: host.home, user: host.brokerUser };
  });
  afterAll(() => pool.close());

  const allow = (...commands: Argv[]): Promise<void> =>
    host.installSudoers(commands.map((argv) => `ops ALL=(root) NOPASSWD: ${argv.join(' ')}\n`).join(''));
  const ask = (supervisor: 'systemd' | 'process', become: 'sudo' | 'none' = 'sudo') =>
    rootAccess(remote, place, { supervisor, become });

  it('is nothing where the home is there and no service manager is asked for', async () => {
    await allow();
    expect(await ask('process')).toEqual({ problem: null, supervised: true });
  });

  it('is every command of a unit, word by word, and systemd has to run', async () => {
    const { installRecovery: _i, removeRecovery: _r, ...needed } = systemdCommands(place);
    const all: Argv[] = Object.values(needed);
    await allow(...all);
    expect(await ask('systemd')).toEqual({ problem: null, supervised: false });
    for (const left of all) {
      await allow(...all.filter((command) => command !== left));
      expect((await ask('systemd')).problem).toBe(`sudo -n refuses as root: ${left.join(' ')}`);
    }
    await allow();
    expect((await ask('systemd')).problem).toMatch(/, and 7 more$/);
  });

  it('is nothing at all without sudo, which a unit cannot do with', async () => {
    expect(await ask('process', 'none')).toEqual({ problem: null, supervised: true });
    expect((await ask('systemd', 'none')).problem).toMatch(/needs root, and ssh\.become is none/);
  });

  it('is the home where it is missing', async () => {
    await rm(host.home, { recursive: true });
    await allow();
    expect((await ask('process')).problem).toContain(makeHomeCommand(place).join(' '));
    await allow(makeHomeCommand(place));
    expect((await ask('process')).problem).toBeNull();
  });
});
