import { statSync } from 'node:fs';
import type { Address, BrokerConfig } from './config/config.js';

/** How often config.xml is looked at, in milliseconds. */
const every = 500;

/**
 * Follows the list of static discovery in config.xml while the node runs, so that members can be named and removed
 * without a restart. A file that cannot be read changes nothing.
 */
export function followDiscovery(
  file: string,
  read: () => BrokerConfig,
  apply: (addresses: Address[]) => void,
): NodeJS.Timeout {
  const stamp = (): string => {
    try {
      const { mtimeMs, ino, size } = statSync(file);
      return `${mtimeMs} ${ino} ${size}`;
    } catch {
      return '';
    }
  };
  let last = stamp();
  return setInterval(() => {
    const now = stamp();
    if (now === last || now === '') return;
    last = now;
    try {
      apply(read().cluster.discovery);
    } catch {
      // Being written, or broken: the list in use stays.
    }
  }, every);
}
