import { HivekeeperError } from '../../../../domain/errors/index.js';
import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';
import type { RemoteHost } from '../../../ports/index.js';
import type { InspectOptions } from './inspect.js';

export function readInstallation(
  host: RemoteHost,
  _options: InspectOptions,
  _signal: AbortSignal,
): Promise<Installation> {
  return Promise.reject(new HivekeeperError('Internal', `${host.name}: not read yet`));
}
