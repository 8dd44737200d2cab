import type { Address } from '../../config/address.js';

const version = '4';
const separator = '||||';

/** What one node announces of itself (ClusterNodeFile of the vendor's extension). */
export interface NodeFile {
  createdAt: number;
  clusterId: string;
  address: Address;
}

export function writeNodeFile({ createdAt, clusterId, address }: NodeFile): string {
  const parts = [version, String(createdAt), clusterId, address.host, String(address.port)];
  return Buffer.from(parts.join(separator)).toString('base64');
}

/** @returns undefined for anything that is no node file of this version */
export function readNodeFile(content: string): NodeFile | undefined {
  const parts = Buffer.from(content, 'base64').toString('utf8').split(separator);
  const [found, created = '', clusterId = '', host = '', port = ''] = parts;
  if (parts.length !== 5 || found !== version || !/^\d+$/.test(created) || !/^\d+$/.test(port)) return undefined;
  if (clusterId === '' || host === '') return undefined;
  return { createdAt: Number(created), clusterId, address: { host, port: Number(port) } };
}

/** @param seconds 0: never */
export function isExpired({ createdAt }: NodeFile, seconds: number, now: number): boolean {
  return seconds !== 0 && createdAt + seconds * 1000 < now;
}
