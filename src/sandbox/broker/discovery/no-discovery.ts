import type { DiscoveryConfig } from '../config/cluster.js';
import type { Log } from '../log.js';
import type { Discovery } from './discovery.js';

/**
 * Multicast and broadcast are read and said, but not sent: many stages share one machine, and a packet to all of them
 * would join clusters that have nothing to do with each other. The node stays alone. The line is this stand-in's own.
 */
export class NoDiscovery implements Discovery {
  constructor(
    private readonly config: DiscoveryConfig,
    private readonly log: Log,
  ) {}

  start(): Promise<void> {
    const { config } = this;
    const detail =
      config.type === 'broadcast' ? ` to ${config.address}, ports ${config.port} to ${config.port + config.range}` : '';
    this.log.warn(`Cluster discovery by ${config.type}${detail} is not simulated. This node finds no other node.`);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
