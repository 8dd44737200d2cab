import { isIP, isIPv6 } from 'node:net';
import { HivekeeperError } from '../../domain/errors/index.js';

const hostName = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i;
const folderName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** One spelling for one name or address, so that two lists can be compared: lower case, shortest form of IPv6. */
export function normalName(name: string): string {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a certificate with these alternative names is good for a name or address, as a client compares (RFC 6125): the
 * common name does not count, and a wildcard stands for exactly one label.
 * @param names normalized, as in `CertificateFacts`
 */
export function namesCover(names: readonly string[], address: string): boolean {
  const name = normalName(address);
  if (names.includes(name)) return true;
  const dot = name.indexOf('.');
  return dot > 0 && isIP(name) === 0 && names.includes(`*${name.slice(dot)}`);
}

/**
 * Names and addresses for a certificate: normalized, each once, in a stable order.
 * @throws HivekeeperError InvalidInput for none, and for what is neither a host name nor an address
 */
export function certificateNames(node: string, addresses: readonly string[]): string[] {
  const names = [...new Set(addresses.map(normalName))].sort();
  const wrong = names.find((name) => !isIPv6(name) && !hostName.test(name));
  if (wrong !== undefined || names.length === 0) {
    throw new HivekeeperError(
      'InvalidInput',
      `The certificate of ${node} ${wrong === undefined ? 'has no address' : `cannot name "${wrong}"`}: give host names or addresses by which clients and peers reach the node.`,
      { node },
    );
  }
  return names;
}

/** A name that becomes a folder or file of the worker. @throws HivekeeperError InvalidInput for what could lead elsewhere */
export function asFolder(name: string): string {
  if (folderName.test(name)) return name;
  throw new HivekeeperError(
    'InvalidInput',
    `"${name.slice(0, 100)}" cannot name a folder of key material: letters, digits, ".", "_" and "-", at most 128.`,
  );
}
