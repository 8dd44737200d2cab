import { credentialsPath, fileRbac, fileRbacExtension } from '../../../../domain/products/hivemq/file-rbac/index.js';
import type { LogFacts } from '../../../../domain/products/hivemq/log-facts.js';
import { asHivemqSpec } from '../../../../domain/products/hivemq/spec/index.js';
import type { ClusterSpec } from '../../../../domain/spec/index.js';
import type { HotChange } from '../../../ports/index.js';

/**
 * Milliseconds beyond its reload interval after which an extension that said nothing counts as having taken its users: it
 * always tells of a file that it refuses, and older versions may not tell of one that they take.
 */
const patience = 15_000;

/** What is awaited of the extension after its file of users was changed. */
export type AwaitedUsers =
  | 'nothing'
  /** It reads the file as it starts, and its start is awaited. */
  | 'no-refusal'
  /** It reads the file at its next reload, within these milliseconds. */
  | { readonly within: number };

/** What to wait for after a change of a running broker. */
export function awaitedUsers(common: ClusterSpec, { paths, started }: HotChange): AwaitedUsers {
  const spec = asHivemqSpec(common);
  if (fileRbac(spec)?.enabled !== true) return 'nothing';
  if (started.includes(fileRbacExtension)) return 'no-refusal';
  return paths.includes(credentialsPath) ? { within: spec.users.reloadInterval + patience } : 'nothing';
}

/** The line by which the extension refuses what was changed, or null. */
export const usersRefusal = (awaited: AwaitedUsers, { refusedUsers }: LogFacts): string | null =>
  awaited === 'nothing' ? null : refusedUsers;

/** What its log does not tell yet. */
export function usersUnsaid(awaited: AwaitedUsers, { tookUsers }: LogFacts, waited: number): string[] {
  if (typeof awaited === 'string' || tookUsers || waited >= awaited.within) return [];
  return ['that the File RBAC extension has taken up its users'];
}
