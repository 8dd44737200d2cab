import { findProgram, type Places } from './find-program.js';

/** How to get the DNS server: the package without the service that would take port 53. */
export const DNSMASQ_INSTALL = 'apt-get install dnsmasq-base, as root.';

/** The installed DNS server, or undefined. @throws ServiceError when HIVEKEEPER_DNSMASQ names no program */
export function findDnsmasq(places: Places = {}): Promise<string | undefined> {
  return findProgram({ name: 'dnsmasq', variable: 'HIVEKEEPER_DNSMASQ' }, places);
}
