import { z } from 'zod';
import { type GivenUsers, productOf, usersCredentials, usersLists, usersSettings } from '../products/index.js';
import { contentSchema } from '../spec/index.js';
import { contentTitle } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';

const input = z
  .strictObject({
    ...commonInput,
    credentials: usersCredentials.optional(),
    users: usersLists.users.optional(),
    roles: usersLists.roles.optional(),
    passwordType: usersSettings.passwordType.optional().describe('As in the spec; default: as before.'),
    extension: contentSchema
      .optional()
      .describe('Zip of the extension that lets users in, where the cluster does not have it yet.'),
  })
  .superRefine(({ credentials, users, roles }, context) => {
    const listed = users !== undefined || roles !== undefined;
    if ((credentials !== undefined) === listed) {
      context.addIssue({ code: 'custom', message: 'give credentials, or users and roles' });
    }
  });

export const setUsers = defineOperation({
  type: 'setUsers',
  summary:
    'Says who may connect with what password and do what; all earlier users are replaced, and nobody else is let in any more.',
  input,
  lease: true,
  cli: {
    command: 'set-users',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      { flag: 'credentials', field: 'credentials', value: 'FILE', type: 'file', describe: 'A whole credentials.xml.' },
      {
        flag: 'users',
        field: 'users',
        value: 'FILE',
        type: 'fields',
        describe: 'YAML or JSON with the keys users and roles, as in a spec; passwords are references at the worker.',
      },
      {
        flag: 'password-type',
        field: 'passwordType',
        value: 'TYPE',
        type: 'string',
        describe: 'How passwords stand in the file: hashed or plain. Default: as before, at first hashed.',
      },
      {
        flag: 'extension',
        field: 'extension',
        value: 'ZIP',
        type: 'file',
        describe: 'Zip of the File RBAC extension, where the cluster does not have it yet.',
      },
    ],
    examples: [
      'hivekeeper set-users prod --credentials credentials.xml --extension hivemq-file-rbac-extension-4.6.16.zip --wait',
      'hivekeeper set-users prod --users users.yaml --wait',
    ],
  },
  adjustSpec: (spec, given) => productOf(spec).users.withUsers(spec, given),
  plan: (context, given) => {
    const draft = givenDraft(context, {
      id: 'set-users',
      title: `Set the users of ${context.spec.name}`,
      keys: (key) => context.product.users.isUsersItem(key),
      lines: linesOf(given),
    });
    return { ...draft, checks: [...draft.checks, { names: ['authentication'], target: null, purpose: 'restart' }] };
  },
});

/** Names of users and roles, and no word of their passwords. */
function linesOf({ credentials, users = [], roles = [], passwordType, extension }: GivenUsers): string[] {
  const settings = passwordType === undefined ? '' : `, passwords ${passwordType}`;
  const who =
    credentials === undefined
      ? `users ${listed(users.map(({ name }) => name))}; roles ${listed(roles.map(({ id }) => id))}`
      : `users of ${contentTitle(credentials)}`;
  return [`${who}${settings}`, ...(extension ? [`extension: ${contentTitle(extension)}`] : [])];
}

const shown = 20;
const listed = (names: readonly string[]): string =>
  names.length > shown
    ? `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
    : names.join(', ') || 'none';
