import { createHmac, pbkdf2Sync, randomInt } from 'node:crypto';

/** The extension's own default (its class PasswordGenerator). */
export const defaultIterations = 100;

const keyLength = 64;
const saltLength = 32;
const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface HashOptions {
  /** Decoded. */
  readonly salt: Uint8Array;
  readonly iterations?: number;
}

/**
 * The hash of a password as the File RBAC extension compares it: PBKDF2-HMAC-SHA512 of the UTF-8 bytes, 64 bytes long,
 * as `base64(salt):iterations:base64(hash)` (its classes Hashing and PasswordGenerator).
 */
export function hashPassword(password: string, { salt, iterations = defaultIterations }: HashOptions): string {
  const hash = pbkdf2Sync(Buffer.from(password, 'utf8'), salt, iterations, keyLength, 'sha512');
  return `${Buffer.from(salt).toString('base64')}:${iterations}:${hash.toString('base64')}`;
}

/** A salt as the extension makes one: 32 random letters and digits. */
export function randomSalt(): Buffer {
  return Buffer.from(Array.from({ length: saltLength }, () => alphanumerics[randomInt(alphanumerics.length)]).join(''));
}

/**
 * The salt of a user: the same at each attempt and on every node, so that nothing is rewritten without need, and not to be
 * guessed by anybody who does not have the key.
 */
export function saltOf(user: string, key: string): Buffer {
  const digits: string[] = [];
  // Bytes from the last, shorter round of the alphabet are left out, so that every character is as likely as the others.
  const limit = 256 - (256 % alphanumerics.length);
  for (let round = 0; digits.length < saltLength; round += 1) {
    const bytes = createHmac('sha256', key).update(`file-rbac-salt ${round} ${user}`, 'utf8').digest();
    digits.push(
      ...[...bytes].filter((byte) => byte < limit).map((byte) => alphanumerics[byte % alphanumerics.length] ?? ''),
    );
  }
  return Buffer.from(digits.slice(0, saltLength).join(''));
}
