import { errorKinds, type ErrorKind } from './error-kinds.js';

export interface ErrorDetails {
  readonly [key: string]: string | number | boolean | null | readonly string[];
}

/**
 * The one error of the product. `message` is one line for people that names the cluster or node, what was expected,
 * what was found and what to do next; `details` holds the rest. No secret ever enters either.
 */
export class HivekeeperError extends Error {
  override readonly name = 'HivekeeperError';

  constructor(
    public readonly kind: ErrorKind,
    message: string,
    public readonly details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** Whether trying the same again may succeed without anybody acting. */
  get retryable(): boolean {
    return errorKinds[this.kind].retryable;
  }
}

/** Narrows an unknown error to ours, optionally of one kind. */
export function isHivekeeperError(error: unknown, kind?: ErrorKind): error is HivekeeperError {
  return error instanceof HivekeeperError && (kind === undefined || error.kind === kind);
}

/** Whether a text, e.g. the type of a Temporal failure, names one of our kinds. */
export function isErrorKind(kind: string): kind is ErrorKind {
  return Object.hasOwn(errorKinds, kind);
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
