import { describe, expect, it } from 'vitest';
import {
  awaitedUsers,
  usersRefusal,
  usersUnsaid,
} from '../../../../../src/adapters/products/hivemq/file-rbac/awaited-users.js';
import { noFacts } from '../../../../../src/domain/products/hivemq/log-facts.js';
import { parseClusterSpec } from '../../../../../src/domain/spec/index.js';
import { exampleSpec } from '../../../../domain/spec/example.js';

const rbac = 'hivemq-file-rbac-extension';
const file = 'conf/file-rbac/credentials.xml';
const stored = { stored: 'a'.repeat(64) };

const awaited = (paths: string[], started: string[], entry: object = {}) => {
  const more = { users: { credentials: stored }, extensions: [{ id: rbac, content: stored, ...entry }] };
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return awaitedUsers(read.spec, { paths, started, stopped: [] });
};
const refused = { ...noFacts, refusedUsers: 'has errors' };

describe('a changed file of users', () => {
  it('is awaited until the extension says that it took it, a reload long and a while', () => {
    const wait = awaited([file], []);
    expect(usersUnsaid(wait, noFacts, 5_000)).toHaveLength(1);
    expect(usersUnsaid(wait, { ...noFacts, tookUsers: true }, 0)).toEqual([]);
    expect(usersUnsaid(wait, noFacts, 20_000)).toEqual([]);
    expect(usersRefusal(wait, refused)).toBe('has errors');
  });

  it('is read with the start of the extension, which alone is awaited then', () => {
    const wait = awaited([file], [rbac]);
    expect(usersUnsaid(wait, noFacts, 0)).toEqual([]);
    expect(usersRefusal(wait, refused)).toBe('has errors');
  });

  it('is awaited neither where it is the same nor where the extension is off', () => {
    for (const wait of [awaited(['license/a.lic'], []), awaited([file], [], { enabled: false })]) {
      expect([usersUnsaid(wait, noFacts, 0), usersRefusal(wait, refused)]).toEqual([[], null]);
    }
  });
});
