import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { HostTarget } from '../ports/index.js';

/** A property of an unknown error, without trusting its shape. */
export function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
}

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: check that sshd runs and that the port is right',
  EHOSTUNREACH: 'No route: check the address, the network and firewalls',
  ENETUNREACH: 'No route: check the address, the network and firewalls',
  ETIMEDOUT: 'No answer in time: check that the host is up and that a firewall lets the worker in',
  ENOTFOUND: 'The name is unknown: check the address in the spec',
  EAI_AGAIN: 'The name could not be looked up now: check the name service of the worker',
};

/** Where a host is, for messages: `n2 (10.0.0.12:22)`. */
export const whereIs = (target: Pick<HostTarget, 'name' | 'address' | 'port'>): string =>
  `${target.name} (${target.address}:${target.port})`;

/** Any failure of the connection itself. `during` says what was interrupted. */
export function unreachable(target: HostTarget, error: unknown, during?: string): HivekeeperError {
  const code = fieldOf(error, 'level') === 'client-timeout' ? 'ETIMEDOUT' : fieldOf(error, 'code');
  const hint =
    (typeof code === 'string' ? advice[code] : undefined) ??
    'Check that the host is up and that the worker may connect';
  const doing = during === undefined ? 'cannot be reached' : `was lost during ${during}`;
  return new HivekeeperError(
    'HostUnreachable',
    `${whereIs(target)} ${doing}: ${messageOf(error)}. ${hint}.`,
    { host: target.name, address: target.address, port: target.port },
    { cause: error },
  );
}

/** Failures before the log-in is complete: of the key, of the log-in, of the network. */
export function connectFailure(target: HostTarget, error: unknown): HivekeeperError {
  const message = messageOf(error);
  if (fieldOf(error, 'level') === 'client-authentication' || message.startsWith('Cannot parse privateKey')) {
    return new HivekeeperError(
      'AuthenticationFailed',
      `${whereIs(target)} refused the log-in of ${target.user} with ${target.privateKeyFile}: ${message}. ` +
        "Check ssh.user and ssh.privateKey, and that the public key stands in the user's authorized_keys.",
      { host: target.name, user: target.user, privateKeyFile: target.privateKeyFile },
      { cause: error },
    );
  }
  return unreachable(target, error);
}
