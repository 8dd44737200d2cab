/** A real server that stands beside the stage could not be found, built or started. The message says what to do about it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}
