import { cpus, totalmem } from 'node:os';

/** A check that the demo passes over, by name. */
export interface Override {
  readonly check: 'recovery-host';
  readonly reason: string;
}

const RECOVERY_HOST = { cpus: 4, memoryBytes: 4_000_000_000 };

/** What of the product's demands on a recovery host this machine cannot meet, as overrides for `recoverCluster`. */
export function machineOverrides(machine = { cpus: cpus().length, memoryBytes: totalmem() }): Override[] {
  if (machine.cpus >= RECOVERY_HOST.cpus && machine.memoryBytes >= RECOVERY_HOST.memoryBytes) return [];
  const gigabytes = (machine.memoryBytes / 1e9).toFixed(1);
  const reason = `the demo's machine has ${machine.cpus} CPUs and ${gigabytes} GB of memory, and little data`;
  return [{ check: 'recovery-host', reason }];
}
