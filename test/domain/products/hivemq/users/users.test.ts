import { describe, expect, it } from 'vitest';
import { isHivekeeperError } from '../../../../../src/domain/errors/index.js';
import { productOf } from '../../../../../src/domain/products/index.js';
import { asHivemqSpec } from '../../../../../src/domain/products/hivemq/spec/index.js';
import { type ClusterSpec, parseClusterSpec } from '../../../../../src/domain/spec/index.js';
import { exampleSpec } from '../../../spec/example.js';

const [allowAll, rbac] = ['hivemq-allow-all-extension', 'hivemq-file-rbac-extension'];
const archive = { stored: 'a'.repeat(64), name: 'rbac.zip', bytes: 1 };
const credentials = { stored: 'b'.repeat(64), name: 'credentials.xml', bytes: 1 };
const hash = `c2FsdA==:100:${'A'.repeat(86)}==`;
const ann = { name: 'ann', password: { env: 'ANN' }, roles: ['all'] };
const all = { id: 'all', permissions: [{ topic: '#' }] };
const lists = { users: [ann], roles: [all], extension: archive };

const issuesOf = (more: object): string[] => {
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  return read.ok ? [] : read.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const specOf = (more: object): ClusterSpec => {
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
};

describe('users in a spec', () => {
  it.each([
    ['none', {}],
    ['a file', { users: { credentials, extension: archive } }],
    ['lists', { users: lists }],
    ['a hash', { users: { ...lists, users: [{ name: 'ann', passwordHash: hash, roles: ['all'] }] } }],
    ['the extension as an entry', { users: { credentials }, extensions: [{ id: rbac, content: archive }] }],
    ['the extension in a package of ones own', { users: { credentials }, extensions: [{ id: rbac }] }],
    ['the other one switched off', { users: lists, extensions: [{ id: allowAll, enabled: false }] }],
    ['its own one switched off', { users: lists, extensions: [{ id: rbac, enabled: false }, { id: allowAll }] }],
    ['plain passwords', { users: { ...lists, passwordType: 'plain' } }],
  ])('may be %s', (_, more) => expect(issuesOf(more)).toEqual([]));

  it.each([
    ['a file and lists', { users: { ...lists, credentials } }, 'users.credentials: goes without users and roles'],
    ['the extension alone', { users: { extension: archive } }, 'users.extension: goes with credentials'],
    [
      'settings without anybody',
      { users: { passwordType: 'plain', listenerNames: ['a'] } },
      'users.listenerNames: goes with credentials, or users and roles: without them everybody is let in',
    ],
    [
      'no extension',
      { users: { credentials } },
      'users: needs the extension hivemq-file-rbac-extension, which is no part',
    ],
    [
      'two archives',
      { users: lists, extensions: [{ id: rbac, content: archive }] },
      'users.extension: the entry of hivemq-file-rbac-extension in extensions has a content already',
    ],
    [
      'everybody let in besides',
      { users: lists, extensions: [{ id: allowAll }] },
      'extensions.0.enabled: with users everybody would be let in all the same',
    ],
    [
      'the file laid by hand',
      {
        users: { credentials },
        extensions: [{ id: rbac, content: archive, files: { 'conf/credentials.xml': { text: '' } } }],
      },
      'extensions.0.files.conf/credentials.xml: not as a file',
    ],
    [
      'a file at the old place, which would win',
      {
        users: { credentials },
        extensions: [{ id: rbac, content: archive, files: { 'credentials.xml': { text: '' } } }],
      },
      'extensions.0.files.credentials.xml: not as a file',
    ],
    ['users alone', { users: { users: [ann], extension: archive } }, 'users: has no roles'],
    [
      'an unknown role',
      { users: { ...lists, roles: [{ ...all, id: 'other' }] } },
      'users: the user ann has the role all',
    ],
    ['no permission', { users: { ...lists, roles: [{ id: 'all', permissions: [] }] } }, 'a role needs one permission'],
    [
      'a password written out',
      { users: { ...lists, users: [{ ...ann, password: 'secret' }] } },
      'a secret is a reference',
    ],
    [
      'neither password nor hash',
      { users: { ...lists, users: [{ name: 'ann', roles: ['all'] }] } },
      'a user has either password',
    ],
    ['both', { users: { ...lists, users: [{ ...ann, passwordHash: hash }] } }, 'a user has either password'],
    [
      'a hash that is none',
      { users: { ...lists, users: [{ name: 'a', passwordHash: 'x', roles: ['all'] }] } },
      'has 1 parts',
    ],
    [
      'a hash with plain passwords',
      { users: { ...lists, passwordType: 'plain', users: [{ name: 'a', passwordHash: hash, roles: ['all'] }] } },
      'goes with passwordType: hashed only',
    ],
    ['a wildcard in a name', { users: { ...lists, users: [{ ...ann, name: 'a#' }] } }, 'is never let in'],
    ['the same user twice', { users: { ...lists, users: [ann, ann] } }, 'the user ann is there more than once'],
    ['text in place of a file', { users: { credentials: { text: '<x/>' } } }, 'key material is one of'],
    ['half a second', { users: { ...lists, reloadInterval: '500ms' } }, 'must be whole seconds'],
    ['a listener that nobody has', { users: { ...lists, listenerNames: ['outside'] } }, 'no listener has this name'],
  ])('are refused with %s', (_, more, message) => expect(issuesOf(more).join('\n')).toContain(message));

  it('never quote a password', () => {
    const said = issuesOf({ users: { ...lists, users: [{ name: 'a', passwordHash: 'hunter2', roles: ['all'] }] } });
    expect(said.join('\n')).not.toContain('hunter2');
  });
});

describe('users that are given to a cluster', () => {
  const { users } = productOf(specOf({}));

  it('replace those before and keep the settings', () => {
    const before = specOf({ users: { ...lists, reloadInterval: '9s', passwordType: 'plain' } });
    const after = asHivemqSpec(users.withUsers(before, { credentials })).users;
    expect(after).toMatchObject({ credentials, users: [], roles: [], reloadInterval: 9000, passwordType: 'plain' });
  });

  it('bring their extension as an entry, switch it on and the other one off', () => {
    const before = specOf({ extensions: [{ id: allowAll }, { id: rbac, enabled: false }] });
    const after = asHivemqSpec(users.withUsers(before, { credentials, extension: archive }));
    expect(after.extensions).toMatchObject([
      { id: allowAll, enabled: false },
      { id: rbac, enabled: true, content: archive },
    ]);
  });

  it('are refused as a spec with them would be', () => {
    const attempt = () => users.withUsers(specOf({}), { credentials });
    expect(attempt).toThrow(/needs the extension hivemq-file-rbac-extension/);
    try {
      attempt();
    } catch (error) {
      expect(isHivekeeperError(error, 'InvalidInput')).toBe(true);
    }
  });
});

describe('users of the control center', () => {
  const { users } = productOf(specOf({}));
  const admin = { name: 'admin', password: { env: 'ADMIN' } };

  it('replace those before', () => {
    const after = users.withControlCenterUsers(specOf({}), [admin]);
    expect(asHivemqSpec(after).controlCenter.users).toEqual([admin]);
  });

  it('are refused where there is no control center, or two of one name', () => {
    const off = specOf({ controlCenter: { enabled: false } });
    expect(() => users.withControlCenterUsers(off, [admin])).toThrow(/its control center is off/);
    expect(() => users.withControlCenterUsers(specOf({}), [admin, admin])).toThrow(/admin stands in the list already/);
    const override = specOf({ configOverride: { stored: 'c'.repeat(64) } });
    expect(() => users.withControlCenterUsers(override, [admin])).toThrow(/is the configOverride/);
  });
});
