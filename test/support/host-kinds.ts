import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chooseHostKind } from '../../src/sandbox/hosts/index.js';
import type { StageOptions } from '../../src/sandbox/stage/index.js';
import type { Requirement } from './requirements.js';

/** The kinds of host that a stage may have. */
export const hostKinds: readonly { readonly kind: string; readonly options: StageOptions }[] = [
  { kind: 'OpenSSH, separate users', options: { sshServer: 'openssh', accounts: 'separate' } },
  { kind: 'OpenSSH, one user', options: { sshServer: 'openssh', accounts: 'own' } },
  { kind: 'built-in server', options: { sshServer: 'built-in' } },
];

/** Whether this machine can have hosts of that kind. */
export async function hostKindRequirement({
  sshServer = 'auto',
  accounts = 'auto',
}: StageOptions): Promise<Requirement> {
  const root = await mkdtemp(path.join(tmpdir(), 'hivekeeper-kind-'));
  await chmod(root, 0o755);
  const install = 'apt-get install openssh-server sudo perl, as root.';
  try {
    await chooseHostKind(root, sshServer, accounts);
    return { missing: undefined, install };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error), install };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
