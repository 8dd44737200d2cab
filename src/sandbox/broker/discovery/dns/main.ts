import type { DiscoveryAnswer, DiscoveryCallback, DiscoveryInput, ExtensionHost } from '../contract.js';
import { ConfigLocation } from '../properties-file.js';
import { type DnsConfig, readDnsConfig } from './config.js';
import { resolveAddresses } from './resolve.js';

const name = 'HiveMQ DNS Cluster Discovery Extension';

/**
 * The DNS cluster discovery extension (4.4.7): asks for the addresses of one name and takes the own cluster port for
 * each. Like the vendor's it reads its configuration when it starts.
 */
class DnsDiscovery implements DiscoveryCallback {
  private readonly config: DnsConfig;
  private known: string[] = [];

  constructor(private readonly host: ExtensionHost) {
    const location = new ConfigLocation(host, name, 'dnsdiscovery.properties');
    this.config = readDnsConfig(location.read() ?? new Map<string, string>(), host.env, {
      error: (message) => host.log.error(`${name}: ${message}`),
      warn: (message) => host.log.warn(`${name}: ${message}`),
    });
  }

  init(input: DiscoveryInput): Promise<DiscoveryAnswer> {
    return this.reload(input);
  }

  async reload({ ownAddress }: DiscoveryInput): Promise<DiscoveryAnswer> {
    const { reloadInterval } = this.config;
    const hosts = await this.find();
    return { nodes: hosts?.map((host) => ({ host, port: ownAddress.port })), reloadInterval };
  }

  private async find(): Promise<string[] | undefined> {
    const { log } = this.host;
    const { discoveryAddress, server, resolutionTimeout } = this.config;
    if (discoveryAddress === undefined) {
      log.warn(`${name}: Discovery address not set, skipping DNS query.`);
      return undefined;
    }
    try {
      const hosts = await resolveAddresses(discoveryAddress, server, resolutionTimeout * 1000);
      for (const host of hosts) if (!this.known.includes(host)) log.debug(`${name}: Discovered new address '${host}'.`);
      for (const host of this.known)
        if (!hosts.includes(host)) log.debug(`${name}: Discovered address '${host}' is gone.`);
      this.known = hosts;
      return hosts;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ETIMEOUT')
        log.error(`${name}: Timeout while getting other node addresses.`);
      else
        log.error(
          `${name}: Failed to resolve DNS record for address '${discoveryAddress}' (reason: ${String(error)}).`,
        );
      return undefined;
    }
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

/** The entry of the extension's jar. */
export function createDiscovery(host: ExtensionHost): DiscoveryCallback {
  return new DnsDiscovery(host);
}
