import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';
import type { RemoteHost } from '../../../ports/index.js';
import { SecretComparison } from './secret-comparison.js';

export interface InspectOptions {
  /** Folder of the broker, or a link to it. */
  readonly home: string;
  /** Account that the broker runs as; everything is read as this user. */
  readonly user: string;
  /** Name of the cluster, which generated references begin with, in capital letters. Default: hivemq */
  readonly cluster?: string;
  /** One for all hosts of a cluster tells which secrets are the same on all. Default: none is compared. */
  readonly comparison?: SecretComparison;
}

/**
 * Reads what lies and runs on one host. Writes nothing there. No secret is in the answer.
 * @throws HivekeeperError InvalidInput where there is no HiveMQ; CommandFailed where the user may not read it
 */
export async function inspectInstallation(
  host: RemoteHost,
  options: InspectOptions,
  signal: AbortSignal,
): Promise<Installation> {
  const { readInstallation } = await import('./read-installation.js');
  return readInstallation(host, options, signal);
}
