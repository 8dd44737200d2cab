import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { HostTarget } from '../ports/index.js';
import { whereIs } from './ssh-errors.js';

/** As `ssh-keygen -l` prints it: SHA-256 of the key blob in base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * A host has one key of each kind and presents the kind that the client prefers. A fingerprint does not tell its kind,
 * so the kinds are asked for one by one where the preferred one is not in the list.
 */
export const keyKinds: readonly (readonly ServerHostKeyAlgorithm[])[] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

export function hostKeyMismatch(target: HostTarget, presented: readonly string[]): HivekeeperError {
  const expected = target.hostKeys.length > 0 ? target.hostKeys.join(' or ') : 'no key, because the spec names none';
  return new HivekeeperError(
    'HostKeyMismatch',
    `${whereIs(target)} presents the host key ${presented.join(', ')}, expected ${expected}. Nothing was sent to it. ` +
      'If the host was reinstalled, compare the fingerprint at its console and put it into hostKey; otherwise somebody may answer in its place.',
    { host: target.name, expected: target.hostKeys, presented },
  );
}
