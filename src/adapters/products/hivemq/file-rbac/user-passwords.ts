import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { UserPasswords } from '../../../ports/index.js';
import { NumberedFiles } from '../../../tls/ca/numbered-files.js';
import { hashPassword, saltOf } from './hash-password.js';

const keyBytes = 32;

/**
 * Hashes of the File RBAC extension, with salts from a key that the worker keeps for each cluster. Another worker with
 * another key makes other hashes of the same passwords; they let the same users in.
 * @param data the worker's data folder; keys lie below its `users`, readable by the worker's user only
 */
export function fileUserPasswords(data: string): UserPasswords {
  return {
    hashed: async (cluster, user, password) =>
      hashPassword(password, { salt: saltOf(user, await keyOf(data, cluster)) }),
  };
}

/** Made once: of several workers that make one, all take the same. */
async function keyOf(data: string, cluster: string): Promise<string> {
  const files = new NumberedFiles(join(data, 'users', cluster), 'key');
  const made = randomBytes(keyBytes).toString('base64url');
  if ((await files.latest()) === null) await files.create(1, made);
  return (await files.latest())?.text ?? made;
}
