import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';

/** Bytes of a hash. */
const length = 64;

/**
 * Whether a password is the one that was hashed: PBKDF2 with HMAC-SHA512, 64 bytes, written as
 * `base64(salt):iterations:base64(hash)` (File RBAC extension, Hashing and CredentialsHasher). Anything but three parts
 * fits no password.
 */
export function fitsHash(password: Buffer, stored: string): boolean {
  const [salt, iterations, hash, ...rest] = stored.split(':');
  if (salt === undefined || iterations === undefined || hash === undefined || rest.length > 0) return false;
  const rounds = Number(iterations);
  if (!Number.isInteger(rounds) || rounds < 1) return false;
  const wanted = Buffer.from(hash, 'base64');
  const given = pbkdf2Sync(password, Buffer.from(salt, 'base64'), rounds, length, 'sha512');
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/** Whether a password is the one that stands there in clear. */
export function fitsPlain(password: Buffer, stored: string): boolean {
  const wanted = Buffer.from(stored);
  return wanted.length === password.length && timingSafeEqual(wanted, password);
}
