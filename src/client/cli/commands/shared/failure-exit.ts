import type { Failure } from '../../../temporal/index.js';
import { exitCodeOf, exitCodes, type ExitCode } from '../../exit-codes.js';

/** The exit code for an operation or call that ended in this way. */
export function exitCodeOfFailure(kind: Failure['kind']): ExitCode {
  if (kind === 'Cancelled') return exitCodes.cancelled;
  return kind === 'Terminated' || kind === 'TimedOut' ? exitCodes.failed : exitCodeOf(kind);
}
