import { freePorts } from '../../worker/temporal-server/free-port.js';
import { ServiceError } from './service-error.js';

const ATTEMPTS = 5;

/**
 * Starts a server on the given port, or on a free one. A free port is chosen before the server takes it, and for TCP
 * alone, so somebody may be faster or have it for UDP: then another one is tried.
 */
export async function onFreePort<T>(
  { address, port }: { readonly address: string; readonly port?: number | undefined },
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    const [free] = await freePorts(1, address);
    if (free === undefined) throw new ServiceError(`There is no free port on ${address}.`);
    try {
      return await start(free);
    } catch (error) {
      const taken = error instanceof ServiceError && /already in use/i.test(error.message);
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}
