import { isIPv4, isIPv6 } from 'node:net';
import type { ClientEndpoint } from '../../../domain/products/index.js';

/** `mqtt` and `secure-mqtt` are the names that IANA has for MQTT; those of WebSockets follow their URL schemes. */
const services = {
  mqtt: ['_mqtt._tcp', '_secure-mqtt._tcp'],
  ws: ['_ws._tcp', '_wss._tcp'],
} as const;

/** Seconds that an answer may be kept. A node that was taken out is gone for clients after that. */
const ttl = 60;

const serviceOf = ({ protocol, tls }: ClientEndpoint): string => services[protocol][tls ? 1 : 0];

/** A target has to be a name, so a node that is known by an IP address alone gets one. */
const targetOf = ({ host, address }: ClientEndpoint, cluster: string): string =>
  isIPv4(address) || isIPv6(address) ? `${host}.${cluster}` : `${address}.`;

function addressRecord({ host, address }: ClientEndpoint, cluster: string): string[] {
  if (isIPv4(address)) return [`${host}.${cluster} ${ttl} IN A ${address}`];
  return isIPv6(address) ? [`${host}.${cluster} ${ttl} IN AAAA ${address}`] : [];
}

/**
 * DNS records by which clients find a broker (RFC 2782), in the form of a zone file: all nodes with the same priority
 * and weight, so that clients spread. Listeners that only the host itself reaches are left out.
 * @param domain where the names begin; without it they are relative to the zone that they are put in.
 */
export function srvRecords(cluster: string, endpoints: readonly ClientEndpoint[], domain?: string): string {
  const open = endpoints.filter(({ local }) => !local);
  const srv = open.map(
    (one) => `${serviceOf(one)}.${cluster} ${ttl} IN SRV 0 10 ${one.port} ${targetOf(one, cluster)}`,
  );
  const paths = open.flatMap((one) =>
    one.path === undefined ? [] : [`${serviceOf(one)}.${cluster} ${ttl} IN TXT "path=${one.path}"`],
  );
  const addresses = open.flatMap((one) => addressRecord(one, cluster));
  const origin = domain === undefined ? [] : [`$ORIGIN ${domain.replace(/\.$/, '')}.`];
  return `${[...origin, ...new Set([...srv, ...paths, ...addresses])].join('\n')}\n`;
}
