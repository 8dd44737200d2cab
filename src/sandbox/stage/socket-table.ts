import { readFileSync } from 'node:fs';

/** The kernel's code of a listening socket in /proc/net/tcp. */
const LISTENING = '0A';

/** An IPv4 address and port as /proc/net/tcp writes them: the address in host byte order, both in capital hexadecimal. */
export function socketKey(address: string, port: number): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `${bytes.reverse().join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

/** The IPv4 sockets of the machine at one moment, read without opening a connection to any of them. */
export interface SocketTable {
  /** @param key see {@link socketKey} */
  isListening(key: string): boolean;
}

/** Reads the table of the kernel. It is searched as text: splitting its many lines would cost more than all the rest. */
export function readSocketTable(): SocketTable {
  const text = readFileSync('/proc/net/tcp', 'latin1');
  return { isListening: (key) => text.includes(` ${key} 00000000:0000 ${LISTENING} `) };
}
