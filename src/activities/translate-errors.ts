import { cancelled, cancellationSignal, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { HivekeeperError, messageOf } from '../domain/errors/index.js';

/** The one table from errors to failures: the kind is the type, and the kind says whether Temporal tries again. */
export function toFailure(error: unknown): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof HivekeeperError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.kind,
      nonRetryable: !error.retryable,
      details: [error.details],
      cause: error,
    });
  }
  const cause = error instanceof Error ? { cause: error } : {};
  return ApplicationFailure.create({ message: messageOf(error), type: 'Internal', nonRetryable: false, ...cause });
}

/**
 * Runs the body of an activity: errors become typed failures, and whatever broke because the activity was cancelled
 * is a cancellation, not an error of its own.
 */
export async function translated<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    if (isCancelled()) await cancelled();
    throw toFailure(error);
  }
}

function isCancelled(): boolean {
  return !Context.current().info.isLocal && cancellationSignal().aborted;
}
