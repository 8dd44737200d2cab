import { readFileSync } from 'node:fs';

/** A TCP socket over IPv4 as the kernel lists it. */
export interface TcpSocket {
  readonly address: string;
  readonly port: number;
  readonly state: 'listening' | 'established' | 'other';
}

const STATES: Readonly<Record<string, TcpSocket['state']>> = { '01': 'established', '0A': 'listening' };

/** All TCP sockets of this machine whose own address is on the loopback. */
export function readTcpTable(): TcpSocket[] {
  return parseTcpTable(readFileSync('/proc/net/tcp', 'latin1'));
}

/** Reads the text of /proc/net/tcp: `sl local_address rem_address st …`, addresses in the byte order of the machine. */
export function parseTcpTable(text: string): TcpSocket[] {
  const sockets: TcpSocket[] = [];
  for (const line of text.split('\n')) {
    // `7F000001` reversed: every loopback address ends in 7F.
    const match = /^\s*\d+: ([0-9A-F]{6}7F):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line);
    const [, address, port, state] = match ?? [];
    if (address === undefined || port === undefined || state === undefined) continue;
    const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(address.slice(at, at + 2), 16));
    sockets.push({ address: bytes.join('.'), port: Number.parseInt(port, 16), state: STATES[state] ?? 'other' });
  }
  return sockets;
}
