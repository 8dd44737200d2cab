import { ApplicationFailure, ContinueAsNew, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { errorKinds, HivekeeperError, messageOf } from '../domain/errors/index.js';

/**
 * Anything thrown in a workflow as a failure of the run. A plain error would be retried for ever as a failed workflow
 * task, so nothing else may leave a workflow function or a handler.
 */
export function asFailure(error: unknown): TemporalFailure | ContinueAsNew {
  if (error instanceof TemporalFailure || error instanceof ContinueAsNew) return error;
  if (error instanceof HivekeeperError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.kind,
      nonRetryable: !errorKinds[error.kind].retryable,
      details: [error.details],
      cause: error,
    });
  }
  return ApplicationFailure.create({ message: messageOf(error), type: 'Internal', nonRetryable: true });
}

/** The innermost failure that says something: Temporal's own wrappers only say that an activity failed. */
export function rootFailure(error: unknown): { kind: string; message: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error && !speaks(current)) current = current.cause;
  if (current instanceof HivekeeperError) return { kind: current.kind, message: current.message };
  if (current instanceof ApplicationFailure) return { kind: current.type ?? 'Internal', message: current.message };
  return { kind: isCancellation(current) ? 'Cancelled' : 'Internal', message: messageOf(current) };
}

const speaks = (error: Error): boolean => error instanceof ApplicationFailure || error instanceof HivekeeperError;
