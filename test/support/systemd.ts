import { existsSync } from 'node:fs';
import { hostKindRequirement } from './host-kinds.js';
import type { Requirement } from './requirements.js';

/** The programs of systemd; it need not be the first process. */
export const systemdTools: Requirement = {
  missing: existsSync('/usr/bin/systemd-analyze') ? undefined : 'There is no systemd-analyze here.',
  install: 'apt-get install systemd, as root.',
};

/** Whether this machine can have hosts with a stand-in for systemd: it takes the place of the real `systemctl`. */
export async function systemdHosts(): Promise<Requirement> {
  const separate = await hostKindRequirement({ sshServer: 'openssh', accounts: 'separate' });
  if (separate.missing !== undefined) return separate;
  const there = existsSync('/usr/bin/systemctl') && existsSync('/etc/systemd/system');
  return { ...systemdTools, missing: there ? undefined : 'There is no systemctl that a stand-in could cover.' };
}
