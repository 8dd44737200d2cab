import { join } from 'node:path';
import type { Network } from './cluster/cluster.js';
import { Firewall } from './cluster/firewall.js';
import { createTransport } from './cluster/transport.js';
import { readConfigFile } from './config/load.js';
import type { Discovery } from './discovery/discovery.js';
import { ExtensionDiscovery } from './discovery/extension-discovery.js';
import { NoDiscovery } from './discovery/no-discovery.js';
import { StaticDiscovery } from './discovery/static-discovery.js';
import type { Extensions } from './extensions.js';
import type { NodeSettings } from './node.js';

function createDiscovery(
  { id, config, folders, properties, env, log }: NodeSettings,
  extensions: Extensions,
): Discovery {
  const { discovery, advertised } = config.cluster;
  switch (discovery.type) {
    case 'static': {
      const file = join(folders.config, 'config.xml');
      return new StaticDiscovery(discovery.nodes, file, () => readConfigFile(file, properties, env).cluster.discovery);
    }
    case 'extension': {
      const input = { ownClusterId: id, ownAddress: advertised };
      const reload = env['HIVEMQ_SIM_DISCOVERY_RELOAD'];
      const every = reload === undefined ? undefined : Number(reload);
      return new ExtensionDiscovery(extensions, input, { env, properties }, log, every);
    }
    case 'multicast':
    case 'broadcast':
      return new NoDiscovery(discovery, log);
  }
}

/**
 * What connects this node with others, as config.xml has it. UDP transport carries only multicast discovery, which is
 * not simulated: such a node stays alone, whatever else it is told to discover.
 */
export function createNetwork(settings: NodeSettings, extensions: Extensions): Network {
  const { config, env, folders, log } = settings;
  const { transport } = config.cluster;
  return {
    transport: createTransport(transport, folders.home, log),
    firewall: new Firewall(env['HIVEMQ_SIM_BLOCK']),
    discovery:
      transport.type === 'udp' ? new NoDiscovery({ type: 'multicast' }, log) : createDiscovery(settings, extensions),
  };
}
