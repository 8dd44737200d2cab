import { z } from 'zod';
import { secretSchema } from '../../../spec/secret.js';
import { permissionWords } from './access-list.js';
import { hashProblem } from './password-hash.js';

const words = (most: number) => z.string().min(1, { error: 'must not be empty' }).max(most);

/** What a role lets its users do; what is left out is allowed in every form. Words are the extension's own. */
export const permissionSchema = z.strictObject({
  topic: words(1_000).describe(
    'Topic filter; `${{clientid}}` and `${{username}}` stand for those of the client. # is all topics.',
  ),
  activity: z.enum(permissionWords.activity).default('ALL').describe('PUBLISH, SUBSCRIBE or ALL.'),
  qos: z.enum(permissionWords.qos).default('ALL').describe('Qualities of service that are allowed.'),
  retain: z
    .enum(permissionWords.retain)
    .default('ALL')
    .describe('Which published messages: RETAINED, NOT_RETAINED or ALL.'),
  sharedSubscription: z
    .enum(permissionWords.sharedSubscription)
    .default('ALL')
    .describe('Which subscriptions: SHARED, NOT_SHARED or ALL.'),
  sharedGroup: words(1_000).default('#').describe('Group of shared subscriptions; # is all groups.'),
});
export type PermissionSpec = z.infer<typeof permissionSchema>;

export const roleSchema = z.strictObject({
  id: words(200).describe('Name of the role, for the users that have it.'),
  permissions: z
    .array(permissionSchema)
    .min(1, { error: 'a role needs one permission at least' })
    .max(1_000)
    .describe('What its users may do; everything else is denied.'),
});
export type RoleSpec = z.infer<typeof roleSchema>;

const passwordHash = z
  .string()
  .max(1_000)
  .superRefine((text, context) => {
    const problem = hashProblem(text);
    if (problem !== null)
      context.addIssue({ code: 'custom', message: `a password hash is salt:iterations:hash; this ${problem}` });
  });

/** An MQTT user. Its password is a reference, which a worker resolves and hashes, or a hash. */
export const userSchema = z
  .strictObject({
    name: words(200)
      .refine((name) => !/[#+]/.test(name), { error: 'a user with # or + in its name is never let in' })
      .describe('User name of the client.'),
    password: secretSchema.optional().describe('Password, as a secret reference; the worker hashes it.'),
    passwordHash: passwordHash
      .optional()
      .describe('Instead of a password: its hash, as `hivekeeper users hash` prints it.'),
    roles: z
      .array(words(200))
      .min(1, { error: 'a user needs one role at least' })
      .max(100)
      .describe('Ids of its roles.'),
  })
  .superRefine(({ password, passwordHash }, context) => {
    if ((password === undefined) === (passwordHash === undefined)) {
      context.addIssue({ code: 'custom', message: 'a user has either password, a secret reference, or passwordHash' });
    }
  });
export type UserSpec = z.infer<typeof userSchema>;
