import {
  type AccessList,
  type FoundPermission,
  type FoundRole,
  type FoundUser,
  type PasswordType,
  permissionWords,
} from './access-list.js';
import { hashProblem } from './password-hash.js';

const isMissing = (text: string | null | undefined): boolean => text === undefined || text === '';

/** The extension compares names as they stand, so that one with a blank at its end is never found. */
const hasBlanks = (text: string): boolean => text !== text.trim();

function repeatedIn(names: readonly (string | undefined)[]): string[] {
  const known = names.filter((name): name is string => !isMissing(name));
  return [...new Set(known.filter((name, index) => known.indexOf(name) !== index))];
}

const words: readonly (readonly [keyof typeof permissionWords, string])[] = [
  ['activity', 'activity'],
  ['qos', 'qos'],
  ['retain', 'retain'],
  ['sharedSubscription', 'shared-subscription'],
];

function permissionProblems(role: string, permission: FoundPermission, index: number): string[] {
  const which = `permission ${index + 1} of the role ${role}`;
  const wrong = words.flatMap(([key, name]) => {
    const found = permission[key];
    const allowed: readonly string[] = permissionWords[key];
    if (found === undefined || allowed.includes(found)) return [];
    return [`${which} has the ${name} "${found}": use one of ${allowed.join(', ')}`];
  });
  const { topic, sharedGroup } = permission;
  return [
    ...(isMissing(topic) ? [`${which} has no topic: name a topic filter, # for all`] : []),
    ...(topic !== undefined && topic !== '' && hasBlanks(topic)
      ? [`${which} has blanks around its topic, which would count as part of it`]
      : []),
    ...wrong,
    ...(sharedGroup === '' ? [`${which} has an empty shared-group: leave it out, or write # for all`] : []),
  ];
}

function roleProblems({ id, permissions }: FoundRole, index: number): string[] {
  if (id === undefined || id === '') return [`role ${index + 1} has no id`];
  return [
    ...(hasBlanks(id) ? [`the id of the role "${id}" has blanks around it, so that no user's role equals it`] : []),
    ...(permissions.length === 0 ? [`the role ${id} has no permissions: give it one, or remove it`] : []),
    ...permissions.flatMap((permission, at) => permissionProblems(id, permission, at)),
  ];
}

function nameProblems(name: string): string[] {
  return [
    ...(hasBlanks(name)
      ? [`the name of the user "${name}" has blanks around it, which would count as part of it`]
      : []),
    // FileAuthAuthenticator refuses such names at every connect, because a name may stand in a topic filter.
    ...(/[#+]/.test(name) ? [`the user ${name} would never be let in: # and + are not allowed in a name`] : []),
  ];
}

function passwordProblems({ name, password }: FoundUser, type: PasswordType): string[] {
  if (password === undefined || password === '') return [`the user ${name ?? ''} has no password`];
  if (type === 'plain' || password === null) return [];
  const problem = hashProblem(password);
  if (problem === null) return [];
  const hint = password.includes(':') ? '' : '; for passwords as they are, set the password type to plain';
  return [`the password of the user ${name ?? ''} is no hash: it ${problem}${hint}`];
}

function userProblems(user: FoundUser, index: number, known: ReadonlySet<string>, type: PasswordType): string[] {
  const { name, roles } = user;
  if (name === undefined || name === '') return [`user ${index + 1} has no name`];
  const named = roles.length > 0 ? [...known].join(', ') : '';
  return [
    ...nameProblems(name),
    ...passwordProblems(user, type),
    ...(roles.length === 0 ? [`the user ${name} has no roles: name one at least`] : []),
    ...roles
      .filter((role) => !known.has(role))
      .map((role) =>
        role === ''
          ? `the user ${name} has a role without an id`
          : `the user ${name} has the role ${role}, which is not there; roles are ${named}`,
      ),
  ];
}

/**
 * What is wrong with users and roles, by the rules of the extension (its class ConfigCredentialsValidator), one sentence
 * each. The extension refuses a file as a whole for any of them, keeps what it had, and lets nobody in at a start. Rules of
 * our own are added where it would take a file and then let nobody in. No sentence quotes a password.
 */
export function accessProblems({ users, roles }: AccessList, type: PasswordType): string[] {
  const missing = [
    ...(users.length === 0 ? ['has no users: add one at least'] : []),
    ...(roles.length === 0 ? ['has no roles: add one at least'] : []),
  ];
  if (missing.length > 0) return missing;
  const known = new Set(roles.flatMap(({ id }) => (id === undefined || id === '' ? [] : [id])));
  return [
    ...repeatedIn(roles.map(({ id }) => id)).map((id) => `the role ${id} is there more than once`),
    ...roles.flatMap(roleProblems),
    ...repeatedIn(users.map(({ name }) => name)).map((name) => `the user ${name} is there more than once`),
    ...users.flatMap((user, index) => userProblems(user, index, known, type)),
  ];
}
