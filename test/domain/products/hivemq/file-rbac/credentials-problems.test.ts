import { describe, expect, it } from 'vitest';
import { credentialsProblems } from '../../../../../src/domain/products/hivemq/file-rbac/index.js';
import { type FileParts, fileWith, shippedHash } from './credentials.js';

const user = `<user><name>user1</name><password>${shippedHash}</password><roles><id>role1</id></roles></user>`;
const role = '<role><id>role1</id><permissions><permission><topic>#</topic></permission></permissions></role>';
const permitted = (more: string): FileParts => ({ permission: `<topic>#</topic>${more}` });

/** Each rule of the extension (ConfigCredentialsValidator), broken alone, and what is said then. */
const refused: readonly [string, string, string][] = [
  ['no users', fileWith({ users: '' }), 'has no users'],
  ['no element for users', `<file-rbac><roles>${role}</roles></file-rbac>`, 'has no users'],
  ['no roles', fileWith({ allRoles: '' }), 'has no roles'],
  ['a role without an id', fileWith({ allRoles: role.replace('<id>role1</id>', '') + role }), 'role 1 has no id'],
  ['a role with an empty id', fileWith({ allRoles: role.replace('role1', '') + role }), 'role 1 has no id'],
  ['two roles of one id', fileWith({ allRoles: role + role }), 'the role role1 is there more than once'],
  ['a role without permissions', fileWith({ permissions: '<permissions/>' }), 'the role role1 has no permissions'],
  ['a role without an element for them', fileWith({ permissions: '' }), 'the role role1 has no permissions'],
  ['a permission without a topic', fileWith({ permission: '' }), 'permission 1 of the role role1 has no topic'],
  ['an empty topic', fileWith({ permission: '<topic></topic>' }), 'permission 1 of the role role1 has no topic'],
  [
    'an unknown activity',
    fileWith(permitted('<activity>WRITE</activity>')),
    'has the activity "WRITE": use one of PUBLISH',
  ],
  ['another case', fileWith(permitted('<activity>publish</activity>')), 'has the activity "publish"'],
  ['an unknown qos', fileWith(permitted('<qos>3</qos>')), 'has the qos "3": use one of ZERO'],
  ['an unknown retain', fileWith(permitted('<retain>YES</retain>')), 'has the retain "YES"'],
  [
    'an unknown kind of subscription',
    fileWith(permitted('<shared-subscription>NO</shared-subscription>')),
    'has the shared-subscription "NO"',
  ],
  ['an empty group', fileWith(permitted('<shared-group></shared-group>')), 'has an empty shared-group'],
  ['a user without a name', fileWith({ name: '' }), 'user 1 has no name'],
  ['a user with an empty name', fileWith({ name: '<name></name>' }), 'user 1 has no name'],
  ['two users of one name', fileWith({ users: user + user }), 'the user user1 is there more than once'],
  ['a user without a password', fileWith({ password: '' }), 'the user user1 has no password'],
  ['an empty password', fileWith({ password: '<password/>' }), 'the user user1 has no password'],
  ['a plain password', fileWith({ password: '<password>hunter2</password>' }), 'is no hash: it has 1 parts'],
  ['a hash of two parts', fileWith({ password: '<password>c2FsdA==:aGFzaA==</password>' }), 'has 2 parts'],
  ['a user without roles', fileWith({ roles: '<roles/>' }), 'the user user1 has no roles'],
  ['a user without an element for them', fileWith({ roles: '' }), 'the user user1 has no roles'],
  [
    'an unknown role',
    fileWith({ roles: '<roles><id>admin</id></roles>' }),
    'has the role admin, which is not there; roles are role1',
  ],
  ['a role without an id of a user', fileWith({ roles: '<roles><id/></roles>' }), 'has a role without an id'],
  ['text that is no XML', '<file-rbac><users>', 'is not well-formed'],
  ['another document', '<hivemq/>', 'has no root element <file-rbac>'],
  [
    'an entity of HTML',
    fileWith({ permission: '<topic>a&nbsp;b</topic>' }),
    'has &nbsp;, which stands for nothing in XML',
  ],
  [
    'a document type',
    `<!DOCTYPE file-rbac [<!ENTITY a "b">]>${fileWith().replace(/^<\?.*\n/, '')}`,
    'has a document type',
  ],
];

/** What the extension would take, and then let nobody in. */
const useless: readonly [string, string, string][] = [
  ['a name with a wildcard', fileWith({ name: '<name>a+b</name>' }), 'would never be let in'],
  ['blanks around a name', fileWith({ name: '<name> user1 </name>' }), 'has blanks around it'],
  ['blanks around a topic', fileWith({ permission: '<topic>\n a/b</topic>' }), 'has blanks around its topic'],
  [
    'a salt that is no base64',
    fileWith({ password: '<password>!!:100:aGFzaA==</password>' }),
    'has a salt that is not base64',
  ],
  [
    'no iterations',
    fileWith({ password: `<password>${shippedHash.replace(':100:', ':0:')}</password>` }),
    'has iterations',
  ],
  ['a short hash', fileWith({ password: '<password>c2FsdA==:100:aGFzaA==</password>' }), 'has a hash that is not 88'],
];

describe('a credentials.xml of the File RBAC extension', () => {
  it('is taken when all is well', () => expect(credentialsProblems(fileWith(), 'hashed')).toEqual([]));

  it('is taken with every word of a permission, and with blanks around words', () => {
    const all = permitted(
      '<activity> SUBSCRIBE </activity><qos>ZERO_TWO</qos><retain>NOT_RETAINED</retain><shared-subscription>SHARED</shared-subscription><shared-group>g</shared-group>',
    );
    expect(credentialsProblems(fileWith(all), 'hashed')).toEqual([]);
  });

  it.each([...refused, ...useless])('is refused for %s', (_, xml, reason) => {
    const [first, ...rest] = credentialsProblems(xml, 'hashed');
    expect(first).toContain(reason);
    expect(rest).toEqual([]);
  });

  it('is told everything at once', () => {
    const xml = fileWith({ password: '', permission: '', roles: '<roles><id>x</id></roles>' });
    expect(credentialsProblems(xml, 'hashed')).toHaveLength(3);
  });

  it('with plain passwords has any text as a password, and still needs one', () => {
    const plain = (password: string) => credentialsProblems(fileWith({ password }), 'plain');
    expect(plain('<password>hunter2</password>')).toEqual([]);
    expect(plain('<password> </password>')).toEqual([]);
    expect(plain('')).toEqual(['the user user1 has no password']);
  });

  it('never quotes a password', () => {
    const said = credentialsProblems(fileWith({ password: '<password>hunter2</password>' }), 'hashed').join();
    expect(said).toContain('set the password type to plain');
    expect(said).not.toContain('hunter2');
  });
});
