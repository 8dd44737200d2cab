import type { BoundAddress } from '../../domain/products/index.js';
import { readFactLines } from './fact-lines.js';

/** Prints `tcp=<address>:<port>` for each listening socket of the host and `udp=…` for each bound one, as the kernel has them. */
export const socketsProgram = `
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" {print "tcp=" $2}'
cat /proc/net/udp /proc/net/udp6 2>/dev/null | awk '$2 ~ /:/ {print "udp=" $2}'
`;

/** Sockets of a host as `socketsProgram` prints them: little-endian hex address, colon, hex port (proc(5)). */
export type Sockets = Readonly<Record<'tcp' | 'udp', readonly string[]>>;

/** What `socketsProgram` has printed, among whatever else. */
export function readSockets(output: string): Sockets {
  const lines = readFactLines(output);
  return { tcp: lines.all('tcp'), udp: lines.all('udp') };
}

/** Ports of `wanted` that something else has; a range is taken when all of its ports are. */
export function takenPorts(sockets: Sockets, wanted: readonly BoundAddress[]): number[] {
  const bound = { tcp: sockets.tcp.flatMap(addressOf), udp: sockets.udp.flatMap(addressOf) };
  const isTaken = (want: BoundAddress, port: number) =>
    bound[want.protocol].some((have) => have.port === port && collide(have.address, want.address));
  const ports = wanted
    .filter((want) =>
      Array.from({ length: want.range + 1 }, (_, index) => want.port + index).every((port) => isTaken(want, port)),
    )
    .map((want) => want.port);
  return [...new Set(ports)];
}

/** Numbers at which something listens or is bound, whatever its address. */
export function usedNumbers(sockets: Sockets): Set<number> {
  return new Set([...sockets.tcp, ...sockets.udp].flatMap(addressOf).map(({ port }) => port));
}

function addressOf(entry: string): { address: string; port: number }[] {
  const [address, port] = entry.split(':');
  if (address === undefined || port === undefined) return [];
  return [{ address: ipv4Of(address), port: Number.parseInt(port, 16) }];
}

function collide(have: string, want: string): boolean {
  const any = ['0.0.0.0', '::'];
  return any.includes(have) || any.includes(want) || have === want;
}

/** An IPv4 address, or `::` for any IPv6 wildcard, which takes IPv4 connections too; other IPv6 addresses as they stand. */
function ipv4Of(hex: string): string {
  if (hex.length === 32) {
    if (/^0+$/.test(hex)) return '::';
    const mapped = /^0{16}FFFF0000([0-9A-F]{8})$/i.exec(hex);
    return mapped?.[1] === undefined ? hex : ipv4Of(mapped[1]);
  }
  const bytes = hex.match(/../g) ?? [];
  return [...bytes]
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
