import type { AccessList } from './access-list.js';
import type { RoleSpec, UserSpec } from './schema.js';

/** Users and roles of a spec in the form in which both files and specs are judged. */
export function accessListOf({
  users,
  roles,
}: {
  readonly users: readonly UserSpec[];
  readonly roles: readonly RoleSpec[];
}): AccessList {
  return {
    users: users.map(({ name, passwordHash, roles: has }) => ({ name, password: passwordHash ?? null, roles: has })),
    roles,
  };
}
