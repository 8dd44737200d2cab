/** The Temporal server program could not be found, built or started. The message says what to do about it. */
export class TemporalServerError extends Error {
  override readonly name = 'TemporalServerError';
}
