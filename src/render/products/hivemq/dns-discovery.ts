import { discoveryExtensions, type DiscoverySpec } from '../../../domain/products/hivemq/spec/index.js';
import type { NodeManifest } from '../../node-manifest.js';
import { renderProperties } from './properties.js';

type Dns = Extract<DiscoverySpec, { type: 'dns' }>;

const { id, file } = discoveryExtensions.dns;

/** Where the settings of DNS discovery lie, relative to the broker's home. */
export const dnsPropertiesPath = `extensions/${id}/${file}`;

/** The settings of the DNS extension, in seconds. It reads them once, as it starts (its class DnsDiscoveryExtensionMain). */
export function dnsDiscovery(discovery: Dns): Pick<NodeManifest, 'files'> {
  const content = renderProperties({
    discoveryAddress: discovery.discoveryAddress,
    resolutionTimeout: discovery.resolutionTimeout / 1000,
    reloadInterval: discovery.reloadInterval / 1000,
    dnsServerAddress: discovery.dnsServerAddress,
  });
  return { files: [{ path: dnsPropertiesPath, content, mode: 0o640, effect: 'restart' }] };
}
