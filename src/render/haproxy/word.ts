import { HivekeeperError } from '../../domain/errors/index.js';

/** What stands in a line of haproxy.cfg or keepalived.conf as it is: nothing in it is a blank, a quote, a comment or an end of line. */
const harmless = /^[A-Za-z0-9_.,:=+/%@[\]-]+$/;

/**
 * A value of the spec as one word of a configuration line. The schema lets nothing else through; this holds where a
 * schema is loosened one day.
 * @throws HivekeeperError InvalidInput
 */
export function word(value: string | number): string {
  const text = String(value);
  if (harmless.test(text)) return text;
  throw new HivekeeperError(
    'InvalidInput',
    `${JSON.stringify(text)} cannot stand in the configuration of a load balancer`,
  );
}

/** `10.0.0.1`, `[2001:db8::1]`: HAProxy would take what is behind the last colon as a port. */
export const addressWord = (address: string): string => word(address.includes(':') ? `[${address}]` : address);

/** `10.0.0.1:1883`, `[2001:db8::1]:1883` */
export const authority = (address: string, port: number): string => `${addressWord(address)}:${word(port)}`;

const ipv4 = /^\d+(\.\d+){3}$/;

/** Whether the address is a DNS name, which has to be resolved. */
export const isName = (address: string): boolean => !ipv4.test(address) && !address.includes(':');
