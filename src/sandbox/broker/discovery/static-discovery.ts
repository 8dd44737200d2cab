import { statSync } from 'node:fs';
import type { Address } from '../config/address.js';
import type { DiscoveryConfig } from '../config/cluster.js';
import type { Discovery } from './discovery.js';

/** How often config.xml is looked at, in milliseconds. */
const every = 500;

/**
 * The list of static discovery in config.xml, which is followed while the node runs, so that members can be named and
 * removed without a restart. A file that cannot be read, or that names another kind of discovery, changes nothing.
 */
export class StaticDiscovery implements Discovery {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly nodes: Address[],
    private readonly file: string,
    private readonly read: () => DiscoveryConfig,
  ) {}

  private stamp(): string {
    try {
      const { mtimeMs, ino, size } = statSync(this.file);
      return `${mtimeMs} ${ino} ${size}`;
    } catch {
      return '';
    }
  }

  start(apply: (addresses: Address[]) => void): Promise<void> {
    apply(this.nodes);
    let last = this.stamp();
    this.timer = setInterval(() => {
      const now = this.stamp();
      if (now === last || now === '') return;
      last = now;
      try {
        const changed = this.read();
        if (changed.type === 'static') apply(changed.nodes);
      } catch {
        // Being written, or broken: the list in use stays.
      }
    }, every).unref();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    clearInterval(this.timer);
    return Promise.resolve();
  }
}
