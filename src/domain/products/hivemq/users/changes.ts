import type { ChangeContext, ChangeRule, Difference } from '../../../changes/index.js';
import { allowAllExtension, fileRbac } from '../file-rbac/index.js';
import { asHivemqSpec, hasUsers, type HivemqSpec } from '../spec/index.js';

type Condition = (difference: Difference, context: ChangeContext) => boolean;

const of =
  (holds: (before: HivemqSpec, after: HivemqSpec) => boolean): Condition =>
  (_, { before, after }) =>
    holds(asHivemqSpec(before), asHivemqSpec(after));

const hasNone = of((before, after) => !hasUsers(before) && !hasUsers(after));
const hasSome = of((before, after) => hasUsers(before) && hasUsers(after));

/** The extension that let everybody in was switched off for the users, and is not switched on again unasked. */
const losesUsers = of(
  (before, after) =>
    hasUsers(before) && !hasUsers(after) && !after.extensions.some(({ id }) => id === allowAllExtension),
);

/** The File RBAC extension, or what comes in its place, cannot be changed in a running broker. */
const restarts = of((...specs) => specs.some((spec) => fileRbac(spec)?.supportsHotReload === false));

/** What changes of users do: the lists are read again by themselves, the rest with a start of their extension. */
export const usersRules: readonly ChangeRule[] = [
  {
    path: 'users',
    when: losesUsers,
    effect: 'refused',
    why: `no longer says who is let in, and nobody would be; apply it with extensions: [{ id: ${allowAllExtension} }], which lets everybody in, or with its enabled: false where another extension decides`,
  },
  { path: 'users', when: hasNone, effect: 'nothing', why: 'there are no users' },
  ...['users.users', 'users.roles', 'users.credentials'].map(
    (path): ChangeRule => ({
      path,
      when: hasSome,
      effect: 'hot',
      why: 'the extension reads its users again by itself',
    }),
  ),
  { path: 'users', when: restarts, effect: 'restart', why: 'the extension is started with the broker alone' },
  { path: 'users', effect: 'hot', why: 'the folder of extensions is watched' },
];
