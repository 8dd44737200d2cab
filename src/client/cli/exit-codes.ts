import type { ErrorKind } from '../../domain/errors/index.js';

/** What the exit code of a command means; scripts rely on the numbers. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  cancelled: 5,
  /** Only where it was asked for, as `git diff --exit-code` does. */
  differs: 6,
  /** As shells say that a program ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `--help` and the documentation. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done, or nothing to do',
  1: 'the operation failed',
  2: 'wrong usage, or a spec or an input that is not valid',
  3: 'the Temporal server or a host cannot be reached',
  4: 'refused: a safety check does not hold, the cluster is busy, or the plan was rejected',
  5: 'cancelled',
  6: 'plan --exit-code: the cluster is not as the file says',
  130: 'Ctrl-C while it was watched; the operation goes on',
};

const usage: readonly ErrorKind[] = ['InvalidInput', 'UnknownCluster', 'UnknownNode', 'ConfirmationMissing'];
const unreachable: readonly ErrorKind[] = ['HostUnreachable', 'HostKeyMismatch', 'AuthenticationFailed'];
const refused: readonly ErrorKind[] = [
  'CheckFailed',
  'CheckWaiting',
  'PlanRefused',
  'ClusterBusy',
  'Rejected',
  'FencedOut',
];

/** The exit code for an error of the product. */
export function exitCodeOf(kind: ErrorKind): ExitCode {
  if (usage.includes(kind)) return exitCodes.usage;
  if (unreachable.includes(kind)) return exitCodes.unreachable;
  return refused.includes(kind) ? exitCodes.refused : exitCodes.failed;
}
