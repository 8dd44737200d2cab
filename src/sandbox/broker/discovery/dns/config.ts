import type { Address } from '../../config/address.js';

export interface DnsConfig {
  discoveryAddress: string | undefined;
  /** Undefined: the servers of the machine. */
  server: Address | undefined;
  /** Seconds. */
  resolutionTimeout: number;
  /** Seconds. */
  reloadInterval: number;
}

interface Say {
  error(message: string): void;
  warn(message: string): void;
}

function readServer(text: string, say: Say): Address {
  const [host = '', port] = text.split(':');
  if (port === undefined) return { host, port: 53 };
  if (/^\d+$/.test(port)) return { host, port: Number(port) };
  say.error('The DNS server address port could not be read. Taking default port 53.');
  return { host, port: 53 };
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** The environment is asked first, then the file, then the default (DnsDiscoveryConfigExtended of the vendor's extension). */
export function readDnsConfig(properties: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv, say: Say): DnsConfig {
  const seconds = (variable: string, what: string, key: string): number => {
    const fromEnv = present(env[variable]);
    if (fromEnv !== undefined && /^-?\d+$/.test(fromEnv)) return Number(fromEnv);
    if (fromEnv !== undefined)
      say.error(`${what} from env ${variable} could not be parsed to int. Fallback to configuration value '${key}'.`);
    const fromFile = present(properties.get(key));
    return fromFile !== undefined && /^\d+$/.test(fromFile) ? Number(fromFile) : 30;
  };
  const server = present(env['HIVEMQ_DNS_SERVER_ADDRESS']) ?? present(properties.get('dnsServerAddress'));
  const discoveryAddress = present(env['HIVEMQ_DNS_DISCOVERY_ADDRESS']) ?? present(properties.get('discoveryAddress'));
  if (discoveryAddress === undefined)
    say.warn('No discovery address was set in the configuration file or environment variable.');
  return {
    discoveryAddress,
    server: server === undefined ? undefined : readServer(server, say),
    resolutionTimeout: seconds('HIVEMQ_DNS_DISCOVERY_TIMEOUT', 'Resolution timeout', 'resolutionTimeout'),
    reloadInterval: seconds('HIVEMQ_DNS_RELOAD_INTERVAL', 'Reload interval', 'reloadInterval'),
  };
}
