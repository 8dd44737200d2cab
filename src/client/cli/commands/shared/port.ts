import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A TCP port given on the command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('a port is a number from 1 to 65535');
}
