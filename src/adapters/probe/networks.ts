import { isIP } from 'node:net';
import { z } from 'zod';
import { messageOf } from '../../domain/errors/index.js';
import type { ProbeHost } from './hosts.js';

/** The network that a host's address belongs to. */
export interface HostNetwork {
  readonly name: string;
  readonly address: string;
  /** In CIDR notation, e.g. `10.0.0.0/24`; null when it is not known. */
  readonly network: string | null;
  /** E.g. `eth0`; null when it is not known. */
  readonly interface: string | null;
  /** The broadcast address of the network (IPv4); null where there is none. */
  readonly broadcast: string | null;
  /** Whether the interface says that it can do multicast; null when it is not known. */
  readonly multicast: boolean | null;
  /** Why the network is not known; null when it is. */
  readonly reason: string | null;
}

const interfaceSchema = z.object({
  ifname: z.string(),
  flags: z.array(z.string()),
  addr_info: z.array(
    z.object({ local: z.string().optional(), prefixlen: z.int().min(0).max(128), broadcast: z.string().optional() }),
  ),
});

/** Reads the network of each host's address from its interfaces; two hosts with the same `network` share a subnet. */
export function readNetworks(hosts: readonly ProbeHost[], signal: AbortSignal): Promise<HostNetwork[]> {
  return Promise.all(hosts.map((host) => readNetwork(host, signal)));
}

async function readNetwork({ name, host, address }: ProbeHost, signal: AbortSignal): Promise<HostNetwork> {
  const none = { name, address, network: null, interface: null, broadcast: null, multicast: null };
  if (isIP(address) === 0) return { ...none, reason: `Not known: ${address} of ${name} is a name, not an address.` };
  try {
    // A user's PATH may lack the folders in which some distributions keep it.
    const program = 'PATH=$PATH:/usr/sbin:/sbin; export PATH; command -v ip >/dev/null || exit 0; ip -j addr show';
    const { stdout } = await host.script(program, [], { signal });
    if (stdout.trim() === '') return { ...none, reason: `Not known: ${name} has no \`ip\` (package iproute2).` };
    const found = networkOf(address, z.array(interfaceSchema).parse(JSON.parse(stdout)));
    if (found) return { name, address, ...found, reason: null };
    return {
      ...none,
      reason: `${name} has no interface for ${address}: it is translated on the way to it, or not its own.`,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ...none, reason: `Not known: ${messageOf(error)}` };
  }
}

type Found = Pick<HostNetwork, 'network' | 'interface' | 'broadcast' | 'multicast'>;

/** The interface that has the address; else a loopback one whose network holds it, all of which is the host's own. */
function networkOf(address: string, interfaces: readonly z.infer<typeof interfaceSchema>[]): Found | undefined {
  const all = interfaces.flatMap(({ ifname, flags, addr_info }) =>
    addr_info.flatMap(({ local, prefixlen, broadcast }) =>
      local === undefined ? [] : [{ ifname, flags, local, prefixlen, broadcast }],
    ),
  );
  const own = all.find(({ local }) => local === address);
  const found =
    own ??
    all.find(
      ({ flags, local, prefixlen }) =>
        flags.includes('LOOPBACK') && networkText(address, prefixlen) === networkText(local, prefixlen),
    );
  if (!found) return undefined;
  return {
    network: networkText(found.local, found.prefixlen) ?? null,
    interface: found.ifname,
    broadcast: found.broadcast ?? null,
    multicast: found.flags.includes('MULTICAST'),
  };
}

/** The network of an address in CIDR notation; undefined for what is no address of that length. */
export function networkText(address: string, prefixLength: number): string | undefined {
  const six = address.includes(':');
  const groups = six ? expand(address) : address.split('.').map(Number);
  const [size, count] = six ? [16, 8] : [8, 4];
  if (groups.length !== count || groups.some((group) => !Number.isInteger(group))) return undefined;
  const kept = groups.map((group, index) => {
    const bits = Math.min(size, Math.max(0, prefixLength - index * size));
    return group & ~((1 << (size - bits)) - 1);
  });
  const text = six ? kept.map((group) => group.toString(16)).join(':') : kept.join('.');
  return `${text}/${prefixLength}`;
}

function expand(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(gap).fill('0'), ...after].map((group) => Number.parseInt(group, 16));
}
