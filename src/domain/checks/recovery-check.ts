import { type CheckDefinition, defineCheck } from './define-check.js';

/** What is known of the machine that is to run the recovery tool. */
export interface RecoveryHostContext {
  readonly host: string;
  readonly isMember: boolean;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly freeBytes: number;
  /** All data folders that will be copied there. */
  readonly dataBytes: number;
}

/** HiveMQ’s recovery guide: 4 CPUs, 4 GB of memory, 2.5 times the saved data, apart from the cluster. */
const minimumCpus = 4;
const minimumMemoryBytes = 4_000_000_000;
const dataFactor = 2.5;

export const recoveryHostCheck: CheckDefinition<RecoveryHostContext> = defineCheck({
  name: 'recovery-host',
  meaning: 'The recovery host has 4 CPUs, 4 GB of memory, 2.5 times all saved data, and is no member.',
  remedy: 'Name a larger host with the role recovery in the spec.',
  unmet: 'refuse',
  evaluate: (context) => {
    const problems = [
      context.isMember ? 'it is a member of the cluster' : null,
      context.cpus < minimumCpus ? `it has ${context.cpus} CPUs, ${minimumCpus} are needed` : null,
      context.memoryBytes < minimumMemoryBytes
        ? `it has ${context.memoryBytes} bytes of memory, ${minimumMemoryBytes} are needed`
        : null,
      context.freeBytes < context.dataBytes * dataFactor
        ? `${context.freeBytes} bytes are free, ${context.dataBytes * dataFactor} are needed`
        : null,
    ].filter((problem) => problem !== null);
    if (problems.length === 0) return { holds: true, found: 'large enough and apart from the cluster' };
    return { holds: false, reason: problems.join('; '), node: context.host };
  },
});
