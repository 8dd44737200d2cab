import type { GivenUsers } from '../../users.js';
import { changedSpec } from '../additions/changed-spec.js';
import { withExtension } from '../additions/extensions.js';
import { allowAllExtension, credentialsPath, fileRbacExtension } from '../file-rbac/index.js';
import type { HivemqSpec, UsersSpec } from '../spec/index.js';

/** The file of users, the extension with everything in its folder, and the one that lets everybody in. */
export function isUsersItem(key: string): boolean {
  const folder = `extensions/${fileRbacExtension}`;
  const isInFolder = key === folder || key.startsWith(`${folder}/`);
  return key === credentialsPath || key === `extensions/${allowAllExtension}` || isInFolder;
}

type Entries = HivemqSpec['extensions'];

/** Setting users is to have them decide: an entry that keeps the extension off goes on, one that lets everybody in goes off. */
const deciding = (extensions: Entries): Entries =>
  extensions.map((entry) => {
    if (entry.id === fileRbacExtension) return { ...entry, enabled: true };
    return entry.id === allowAllExtension ? { ...entry, enabled: false } : entry;
  });

/**
 * The spec with these users instead of those before. An archive of the extension becomes its entry in `extensions`, where
 * the operations on extensions find it.
 * @throws HivekeeperError InvalidInput
 */
export function withUsers(spec: HivemqSpec, given: GivenUsers): HivemqSpec {
  const { credentials, users = [], roles = [], passwordType, extension } = given;
  const { credentials: _, extension: archive, ...before } = spec.users;
  const changed: UsersSpec = {
    ...before,
    users: [...users],
    roles: [...roles],
    ...(passwordType !== undefined && { passwordType }),
    ...(credentials !== undefined && { credentials }),
    ...(extension === undefined && archive !== undefined && { extension: archive }),
  };
  const decided = { ...spec, users: changed, extensions: deciding(spec.extensions) };
  return extension === undefined
    ? changedSpec(decided)
    : withExtension(decided, { id: fileRbacExtension, content: extension });
}
