import type { Element } from '../config/xml.js';
import type { Permission } from './permissions.js';

export type PasswordType = 'HASHED' | 'PLAIN';

export interface User {
  name: string;
  password: string;
  roles: string[];
}

/** What credentials.xml says. */
export interface Credentials {
  users: User[];
  /** Permissions by id of their role. */
  roles: Map<string, Permission[]>;
}

/** An element that may be absent; one that holds an unknown word is undefined, as in the vendor's reader. */
function word<const T extends string>(element: Element, words: readonly T[], fallback: T): T | undefined {
  return element.exists ? words.find((one) => one === element.text('')) : fallback;
}

/** @returns what is wrong, in the words of the extension */
function readPermission(element: Element, role: string, errors: string[]): Permission {
  const of = `in Permission for role with id '${role}'`;
  const wrong = (what: string): void => {
    errors.push(`Invalid value for ${what} ${of}`);
  };
  const topic = element.child('topic').text('');
  if (topic === '') errors.push(`A Permission for role with id '${role}' is missing a topic filter`);
  const activity = word(element.child('activity'), ['PUBLISH', 'SUBSCRIBE', 'ALL'], 'ALL');
  if (!activity) wrong('Activity');
  const qosWords = ['ZERO', 'ONE', 'TWO', 'ZERO_ONE', 'ONE_TWO', 'ZERO_TWO', 'ALL'] as const;
  const qos = word(element.child('qos'), qosWords, 'ALL');
  if (!qos) wrong('QoS');
  const retain = word(element.child('retain'), ['RETAINED', 'NOT_RETAINED', 'ALL'], 'ALL');
  if (!retain) wrong('Retain');
  const group = element.child('shared-group');
  const sharedGroup = group.exists ? group.text('') : '#';
  if (sharedGroup === '') wrong('Shared Group');
  const shared = word(element.child('shared-subscription'), ['SHARED', 'NOT_SHARED', 'ALL'], 'ALL');
  if (!shared) wrong('Shared Subscription');
  return {
    topic,
    activity: activity ?? 'ALL',
    qos: qos ?? 'ALL',
    retain: retain ?? 'ALL',
    shared: shared ?? 'ALL',
    sharedGroup,
  };
}

function readRoles(elements: readonly Element[], errors: string[]): Credentials['roles'] {
  const roles: Credentials['roles'] = new Map();
  for (const role of elements) {
    const id = role.child('id').text('');
    if (id === '') errors.push('A Role is missing an ID');
    else if (roles.has(id)) errors.push(`Duplicate ID '${id}' for role`);
    else {
      const permissions = role.child('permissions').all('permission');
      if (permissions.length === 0) errors.push(`Role '${id}' is missing permissions`);
      roles.set(
        id,
        permissions.map((one) => readPermission(one, id, errors)),
      );
    }
  }
  return roles;
}

/** @returns the first thing that is wrong with a user whose name is good */
function problemOf({ name, password, roles }: User, type: PasswordType, known: Credentials['roles']): string[] {
  if (password === '') return [`User '${name}' is missing a password`];
  const [salt, rest] = password.split(':');
  if (type === 'HASHED' && !(salt && rest)) return [`User '${name}' has invalid password`];
  if (roles.length === 0) return [`User '${name}' is missing roles`];
  return roles.flatMap((role) => {
    if (role === '') return [`Invalid role for user '${name}'`];
    return known.has(role) ? [] : [`Unknown role '${role}' for user '${name}'`];
  });
}

function readUsers(
  elements: readonly Element[],
  type: PasswordType,
  roles: Credentials['roles'],
  errors: string[],
): User[] {
  const users: User[] = [];
  for (const element of elements) {
    const user = {
      name: element.child('name').text(''),
      password: element.child('password').text(''),
      roles: element
        .child('roles')
        .all('id')
        .map((id) => id.text('')),
    };
    if (user.name === '') errors.push('A User is missing a name');
    else if (users.some(({ name }) => name === user.name)) errors.push(`Duplicate Name '${user.name}' for user`);
    else {
      errors.push(...problemOf(user, type, roles));
      users.push(user);
    }
  }
  return users;
}

/**
 * Reads `<file-rbac>` by the rules of the File RBAC extension 4.6 (ConfigCredentialsValidator), in its words.
 * @returns undefined credentials when there is any error
 */
export function readCredentials(
  root: Element,
  type: PasswordType,
): { credentials: Credentials | undefined; errors: string[] } {
  const users = root.child('users').all('user');
  const roles = root.child('roles').all('role');
  const errors = [
    ...(users.length === 0 ? ['No Users found in configuration file'] : []),
    ...(roles.length === 0 ? ['No Roles found in configuration file'] : []),
  ];
  if (errors.length > 0) return { credentials: undefined, errors };
  const known = readRoles(roles, errors);
  const found = readUsers(users, type, known, errors);
  return { credentials: errors.length > 0 ? undefined : { users: found, roles: known }, errors };
}
