import { z } from 'zod';
import { productOf } from '../products/index.js';
import { secretSchema } from '../spec/index.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';

const userSchema = z.strictObject({
  name: z.string().min(1).max(64).describe('Log-in name.'),
  password: secretSchema.describe('Password, as a secret reference; only its hash reaches the nodes.'),
});

export const setControlCenterUsers = defineOperation({
  type: 'setControlCenterUsers',
  summary:
    'Says who may log in to the web interface of the broker; all earlier users are replaced. The nodes restart one at a time, because the broker reads them at a start.',
  input: z.strictObject({
    ...commonInput,
    users: z
      .array(userSchema)
      .min(1, { error: 'name one user at least: without any the vendor’s well-known log-in would do' })
      .max(100)
      .describe('Everybody who may log in.'),
  }),
  lease: true,
  cli: {
    command: 'set-control-center-users',
    arguments: [{ name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' }],
    options: [
      {
        flag: 'user',
        field: 'users',
        value: 'NAME=REF',
        type: 'users',
        required: true,
        describe: 'A user with the reference of the password, env:NAME or file:PATH at the worker; may be repeated.',
      },
    ],
    examples: [
      'hivekeeper set-control-center-users prod --user admin=env:CONTROL_CENTER_PASSWORD --wait',
      'hivekeeper set-control-center-users prod --user admin=file:/etc/hivekeeper/admin --user ops=env:OPS_PASSWORD --wait',
    ],
  },
  adjustSpec: (spec, { users }) => productOf(spec).users.withControlCenterUsers(spec, users),
  plan: (context, { users }) =>
    givenDraft(context, {
      id: 'set-control-center-users',
      title: `Set the control-center users of ${context.spec.name}`,
      keys: (key) => context.product.users.isControlCenterItem(key),
      lines: [`users ${users.map(({ name }) => name).join(', ')}`],
    }),
});
