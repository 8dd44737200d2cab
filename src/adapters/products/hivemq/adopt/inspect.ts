import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';
import type { RemoteHost } from '../../../ports/index.js';
import { readInstallation } from './read-installation.js';
import type { InspectOptions } from './options.js';

/**
 * Reads what lies and runs on one host. Writes nothing there. No secret is in the answer.
 * @throws HivekeeperError InvalidInput where there is no HiveMQ; CommandFailed where the user may not read it
 */
export async function inspectInstallation(
  host: RemoteHost,
  options: InspectOptions,
  signal: AbortSignal,
): Promise<Installation> {
  return await readInstallation(host, options, signal);
}
