import { z } from 'zod';
import { defineStep, patient, quick } from './define-step.js';

const host = z.string();
/** Names one recovery: the label of its moved folders and its work folder on the recovery host. */
const label = z.string().regex(/^[a-z0-9-]+$/);

export const moveData = defineStep({
  kind: 'moveData',
  meaning: 'Moves a dead node’s data folder aside by a rename, so that no start can overwrite it.',
  input: z.object({ host, label }),
  title: (input) => `Move the data of ${input.host} aside`,
  fenced: true,
  guards: ['really-gone'],
  purpose: () => 'recovery',
  timeouts: quick,
});

export const copyData = defineStep({
  kind: 'copyData',
  meaning: 'Copies a moved data folder to the recovery host and compares both.',
  input: z.object({ host, recoveryHost: z.string(), label }),
  title: (input) => `Copy the data of ${input.host} to ${input.recoveryHost}`,
  fenced: false,
  guards: [],
  purpose: () => 'recovery',
  timeouts: patient,
});

export const runRecoveryTool = defineStep({
  kind: 'runRecoveryTool',
  meaning: 'Installs the recovery tool and turns the copied folders into one backup file.',
  input: z.object({ recoveryHost: z.string(), hosts: z.array(z.string()), label }),
  title: (input) => `Recover a backup from ${input.hosts.join(', ')} on ${input.recoveryHost}`,
  fenced: false,
  guards: [],
  purpose: () => 'recovery',
  timeouts: patient,
});

export const placeBackup = defineStep({
  kind: 'placeBackup',
  meaning: 'Brings the recovered backup file to a running member, owned by the broker’s user.',
  input: z.object({ host, recoveryHost: z.string(), label }),
  title: (input) => `Place the recovered backup on ${input.host}`,
  fenced: true,
  guards: [],
  purpose: () => 'recovery',
  timeouts: patient,
});

export const importBackup = defineStep({
  kind: 'importBackup',
  meaning: 'Has a running member import the backup live, and waits for RESTORE_COMPLETED.',
  input: z.object({ host, recoveryHost: z.string(), label }),
  title: (input) => `Import the recovered backup through ${input.host}`,
  fenced: true,
  guards: ['synchronized'],
  purpose: () => 'recovery',
  timeouts: patient,
});

export const verifyRecovery = defineStep({
  kind: 'verifyRecovery',
  meaning: 'Compares what the recovery tool found with what the cluster holds after the import.',
  input: z.object({ host, recoveryHost: z.string(), label, members: z.array(z.string()) }),
  title: () => 'Verify that everything recovered is in the cluster',
  fenced: false,
  guards: [],
  purpose: () => 'recovery',
  timeouts: quick,
});
