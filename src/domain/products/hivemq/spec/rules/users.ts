import type { SpecIssue } from '../../../../spec/issue.js';
import { accessProblems } from '../../file-rbac/access-problems.js';
import { accessListOf } from '../../file-rbac/access-list-of.js';
import { allowAllExtension, fileRbacExtension, legacyFiles } from '../../file-rbac/names.js';
import { type ClusterRule, issueIf } from '../cluster/rules/rule.js';
import { listenerTitle } from '../listener.js';
import { hasUsers, type UsersSpec } from '../users.js';
import { repeated } from './listeners.js';

const entryOf = (extensions: Parameters<ClusterRule>[0]['extensions'], id: string) =>
  extensions.find((one) => one.id === id);

/** Users come as a file or as lists, and are judged by the extension's own rules. */
const lists: ClusterRule = ({ users }) => {
  const listed = users.users.length > 0 || users.roles.length > 0;
  if (users.credentials !== undefined) {
    return issueIf(listed, ['users', 'credentials'], 'goes without users and roles: a credentials.xml has both in it');
  }
  if (!listed) return [];
  const plainHash = users.users.findIndex(({ passwordHash }) => passwordHash !== undefined);
  return [
    ...issueIf(
      users.passwordType === 'plain' && plainHash >= 0,
      ['users', 'users', plainHash, 'passwordHash'],
      'goes with passwordType: hashed only: with plain the text itself would be the password',
    ),
    ...accessProblems(accessListOf(users), users.passwordType).map((message) => ({ path: ['users'], message })),
  ];
};

/** Who writes only settings thinks that clients are judged by them, while everybody is let in. */
function settingsOfNobody({ extension, passwordType, listenerNames, nextExtensionInsteadOfFail }: UsersSpec) {
  const said = {
    extension: extension !== undefined,
    passwordType: passwordType !== 'hashed',
    listenerNames: listenerNames.length > 0,
    nextExtensionInsteadOfFail,
  };
  return Object.entries(said).flatMap(([key, there]) =>
    issueIf(there, ['users', key], 'goes with credentials, or users and roles: without them everybody is let in'),
  );
}

/** The extension must come from somewhere; one that lies on the hosts by other means is named without content. */
const origin: ClusterRule = (spec) => {
  const { users, extensions } = spec;
  const entry = entryOf(extensions, fileRbacExtension);
  if (!hasUsers(spec)) return settingsOfNobody(users);
  return [
    ...issueIf(
      users.extension === undefined && entry === undefined,
      ['users'],
      `needs the extension ${fileRbacExtension}, which is no part of the broker's package: add users: { extension: { file: ./${fileRbacExtension}.zip } }, or { url, sha256 }, or an entry in extensions; where it is in a package of your own, add extensions: [{ id: ${fileRbacExtension} }]`,
    ),
    ...issueIf(
      users.extension !== undefined && entry?.content !== undefined,
      ['users', 'extension'],
      `the entry of ${fileRbacExtension} in extensions has a content already; keep one of both`,
    ),
  ];
};

/** What users are made of is not laid over the extension by hand as well. */
const files: ClusterRule = (spec) => {
  const { extensions } = spec;
  const index = extensions.findIndex(({ id }) => id === fileRbacExtension);
  const entry = extensions[index];
  if (!hasUsers(spec) || entry === undefined) return [];
  const owned = ['conf/config.xml', 'conf/credentials.xml', ...legacyFiles];
  return Object.keys(entry.files)
    .filter((file) => owned.includes(file))
    .map((file): SpecIssue => {
      const message = `not as a file: with users this comes from the key users; take it out of extensions, or leave users out`;
      return { path: ['extensions', index, 'files', file], message };
    });
};

/** Two extensions that decide about clients contradict each other; the one that lets everybody in makes the other useless. */
const oneDecides: ClusterRule = (spec) => {
  const index = spec.extensions.findIndex(({ id }) => id === allowAllExtension);
  const rbac = entryOf(spec.extensions, fileRbacExtension);
  return issueIf(
    hasUsers(spec) && spec.extensions[index]?.enabled === true && rbac?.enabled !== false,
    ['extensions', index, 'enabled'],
    `with users everybody would be let in all the same: set enabled: false at ${allowAllExtension} or take the entry out, or disable ${fileRbacExtension}`,
  );
};

/** A listener that nobody has is a slip: its clients would get no verdict. */
const listenerNames: ClusterRule = ({ users, listeners }) => {
  const known = listeners.map((listener) => listener.name ?? listenerTitle(listener));
  return users.listenerNames.flatMap((name, index) =>
    issueIf(
      !listeners.some((listener) => listener.name === name),
      ['users', 'listenerNames', index],
      `no listener has this name; listeners are ${known.join(', ')}, and one without a name needs one`,
    ),
  );
};

/** What ties users to the rest of a spec. */
export const usersRules: ClusterRule = (spec) =>
  [lists, origin, files, oneDecides, listenerNames].flatMap((rule) => rule(spec));

/** Who may log in to the Control Center stands in its list once. */
export const controlCenterUsers: ClusterRule = ({ controlCenter: { users } }) =>
  repeated(
    users,
    (one) => one.name,
    (index) => ['controlCenter', 'users', index, 'name'],
    (name) => `the user ${name} stands in the list already; keep one entry`,
  );
