import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hashPassword,
  randomSalt,
  saltOf,
} from '../../../../../src/adapters/products/hivemq/file-rbac/hash-password.js';
import { fileUserPasswords } from '../../../../../src/adapters/products/index.js';
import { hashProblem } from '../../../../../src/domain/products/hivemq/file-rbac/index.js';

/** Shipped with the extension in its conf/credentials.xml. */
const vectors = [
  [
    'pass1',
    'WFNQUVB0UkxjM04xa0hSR1BQNGhuOTJKVzdlbXA4bjk=:100:FY12nwpUEbBK9EKQ/Aw/rQKSoA7jXsC0HKELwU2mLCVU39bJVK0zf4NemuFeDOHPO4BW1nOjxi6NporkC6rUog==',
  ],
  [
    'admin-password',
    'Vjc1a0lxQ3Nvb0ljNFVHNE9WRnM3RG1IZmdNUFcwVGY=:100:PL2FLqfpdhONG7qXjAMmdVn4wlMiXnypdXiFW09zqorFhKgoiixFQw2EVJJfE9Zn79q45V7Xpc6JeKLp0ntmYA==',
  ],
] as const;

const alphanumerics = /^[A-Za-z0-9]{32}$/;

describe('a password of the File RBAC extension', () => {
  it.each(vectors)('%s has the hash that the vendor ships', (password, hash) => {
    const salt = Buffer.from(hash.split(':')[0] ?? '', 'base64');
    expect(hashPassword(password, { salt })).toBe(hash);
    expect(hashPassword(`${password}x`, { salt })).not.toBe(hash);
    expect(hashPassword(password, { salt, iterations: 101 })).not.toBe(hash.replace(':100:', ':101:'));
  });

  it('is hashed as UTF-8', () => {
    const salt = Buffer.from('salt');
    expect(hashPassword('pässwörd', { salt })).not.toBe(hashPassword('password', { salt }));
    expect(hashProblem(hashPassword('pässwörd', { salt }))).toBeNull();
  });

  it('has a salt of 32 letters and digits, another one each time', () => {
    const salts = Array.from({ length: 20 }, () => randomSalt().toString());
    for (const salt of salts) expect(salt).toMatch(alphanumerics);
    expect(new Set(salts).size).toBe(salts.length);
  });

  it('has a salt that its user and the key of the worker decide', () => {
    expect(saltOf('ann', 'key').toString()).toMatch(alphanumerics);
    expect(saltOf('ann', 'key')).toEqual(saltOf('ann', 'key'));
    expect(saltOf('bob', 'key')).not.toEqual(saltOf('ann', 'key'));
    expect(saltOf('ann', 'other')).not.toEqual(saltOf('ann', 'key'));
  });
});

describe('the passwords of a worker', () => {
  it('have the same hash at each attempt, and another one in another cluster or at another worker', async () => {
    const folders = ['a', 'b'].map(() => mkdtempSync(join(tmpdir(), 'hivekeeper-users-')));
    const [one = '', other = ''] = folders;
    try {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => fileUserPasswords(one).hashed('prod', 'ann', 'secret')),
      );
      expect(new Set(all).size).toBe(1);
      const [hash = ''] = all;
      expect(hashProblem(hash)).toBeNull();
      expect(await fileUserPasswords(one).hashed('test', 'ann', 'secret')).not.toBe(hash);
      expect(await fileUserPasswords(other).hashed('prod', 'ann', 'secret')).not.toBe(hash);
      const [key = ''] = readdirSync(join(one, 'users/prod'));
      expect(statSync(join(one, 'users/prod', key)).mode & 0o777).toBe(0o600);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  });
});
