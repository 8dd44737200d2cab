import path from 'node:path';
import type { HostLayout } from './layout.js';

/** What the environment of a host is made of. */
export interface EnvironmentOptions {
  readonly layout: HostLayout;
  readonly stageId: string;
  readonly name: string;
  readonly address: string;
}

/** The variables that each process of a host sees. Those that start with HIVE also pass `sudo`. */
export function hostEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { layout, stageId, name, address } = options;
  return {
    PATH: hostPath(layout),
    HOME: layout.loginHome,
    HIVEMQ_SIM_JOURNAL: layout.journal,
    HIVEKEEPER_STAGE: stageId,
    HIVEKEEPER_STAGE_HOST: name,
    HIVEKEEPER_STAGE_ADDRESS: address,
    HIVEMQ_SIM_BLOCK: layout.blocked,
    HIVEMQ_SIM_HOLD_BACKUPS: layout.heldBackups,
    // Where tools look for /proc of the host: the machine's would tell the load of all hosts and tests together.
    HOST_PROC: layout.proc,
  };
}

/** The entries that tell a process of this host from every other one of the machine. */
export function hostMarks({ stageId, name }: Pick<EnvironmentOptions, 'stageId' | 'name'>): [string, string] {
  return [`HIVEKEEPER_STAGE=${stageId}`, `HIVEKEEPER_STAGE_HOST=${name}`];
}

/** The host's own programs first, then the machine's. */
export function hostPath(layout: HostLayout): string {
  const machine = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return [layout.bin, ...machine].join(path.delimiter);
}
