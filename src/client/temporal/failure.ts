import {
  ApplicationFailure,
  CancelledFailure,
  isGrpcServiceError,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/client';
import { errorKinds, type ErrorKind, isHivekeeperError, messageOf } from '../../domain/errors/index.js';

/** Why an operation, an update or a call ended, as people and exit codes need it. */
export interface Failure {
  readonly kind: ErrorKind | 'Cancelled' | 'Terminated' | 'TimedOut';
  readonly message: string;
}

const isKind = (type: string | null | undefined): type is ErrorKind =>
  type !== null && type !== undefined && Object.hasOwn(errorKinds, type);

/** The error and its causes, outermost first. */
function chain(error: unknown): Error[] {
  const found: Error[] = [];
  let current = error;
  while (current instanceof Error && !found.includes(current)) {
    found.push(current);
    current = current.cause;
  }
  return found;
}

/**
 * The failure that says something. Temporal's own wrappers only say that a workflow or an activity failed, so the
 * causes are searched for ours; one of a named kind says more than an `Internal` around it.
 */
export function failureOf(error: unknown): Failure {
  const errors = chain(error);
  const ours = errors.flatMap((one): Failure[] => {
    if (isHivekeeperError(one)) return [{ kind: one.kind, message: one.message }];
    return one instanceof ApplicationFailure && isKind(one.type) ? [{ kind: one.type, message: one.message }] : [];
  });
  const named = ours.find((one) => one.kind !== 'Internal') ?? ours[0];
  if (named) return named;
  for (const one of errors) {
    if (one instanceof CancelledFailure) return { kind: 'Cancelled', message: one.message };
    if (one instanceof TerminatedFailure) return { kind: 'Terminated', message: `it was terminated: ${one.message}` };
  }
  const last = errors.at(-1);
  if (last instanceof TimeoutFailure) return { kind: 'TimedOut', message: `it ran out of time: ${last.message}` };
  return { kind: 'Internal', message: messageOf(last ?? error) };
}

const grpc = { deadlineExceeded: 4, notFound: 5, failedPrecondition: 9, unavailable: 14, cancelled: 1 } as const;

/** What the server said, when the error came from a call to it; null for any other error. */
export function serverProblem(error: unknown): keyof typeof grpc | 'other' | null {
  const found = chain(error).find(isGrpcServiceError);
  if (!found) return null;
  const names = Object.keys(grpc).filter((name): name is keyof typeof grpc => Object.hasOwn(grpc, name));
  const code: number = found.code;
  return names.find((name) => grpc[name] === code) ?? 'other';
}
