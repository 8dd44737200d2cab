import { z } from 'zod';
import type { ResolvedHost } from './resolved-host.js';

const words = z.enum(['host', 'loopback']);

/** Where something on a host listens: an address, or a word for an address that each host has of its own. */
export const bindAddress = z.union([words, z.ipv4(), z.ipv6()], {
  error: 'must be an IP address, or `host` or `loopback` for the own address of each host',
});
export type BindAddress = z.infer<typeof bindAddress>;

/** The address that one host binds. */
export function resolveBindAddress(
  value: BindAddress,
  host: Pick<ResolvedHost, 'clusterAddress' | 'loopback'>,
): string {
  if (value === 'host') return host.clusterAddress;
  return value === 'loopback' ? host.loopback : value;
}

/** Whether only the host itself can connect there. */
export const isLoopback = (value: BindAddress): boolean =>
  value === 'loopback' || value === '::1' || /^127(\.\d+){3}$/.test(value);

/** Whether every address of the host is bound. */
export const isWildcard = (value: BindAddress): boolean => value === '0.0.0.0' || value === '::';
