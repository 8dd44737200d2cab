import { z } from 'zod';
import { contentSchema, keyContentSchema } from '../../../spec/content.js';
import { duration } from '../../../spec/duration.js';
import { passwordTypes } from '../file-rbac/access-list.js';
import { roleSchema, userSchema } from '../file-rbac/schema.js';

const second = 1000;

/** Settings of the extension beside the users themselves. Its own reload interval is 60 s; see `reloadInterval`. */
export const usersSettings = {
  passwordType: z
    .enum(passwordTypes)
    .describe('How passwords stand in the file on the nodes: as hashes, or as they are.'),
  reloadInterval: duration
    .refine((value) => value >= second && value % second === 0 && value <= 3600 * second, {
      error: 'must be whole seconds, from 1s to 1h',
    })
    .describe(
      'How often the extension looks for a changed file. Shorter than its own 60 s, because each change waits that long for every node.',
    ),
  listenerNames: z
    .array(z.string().min(1).max(200))
    .max(100)
    .describe(
      'Names of the listeners whose clients it decides about; empty: all. Clients of others get no verdict of it.',
    ),
  nextExtensionInsteadOfFail: z
    .boolean()
    .describe('Whether another extension decides about clients that it does not know, instead of their refusal.'),
};

/** The lists of users and roles, for a spec and for the input of an operation. */
export const usersLists = {
  users: z.array(userSchema).max(100_000).describe('Users that may connect.'),
  roles: z.array(roleSchema).max(10_000).describe('What their roles allow.'),
};

export const usersCredentials = keyContentSchema.describe(
  'A whole credentials.xml of the extension, instead of `users` and `roles`; it is of the secret kind, like key material.',
);

/** The users of MQTT clients, let in by the vendor's File RBAC extension. Without any, nothing is done about clients. */
export const usersSchema = z.strictObject({
  credentials: usersCredentials.optional(),
  users: usersLists.users.default([]),
  roles: usersLists.roles.default([]),
  passwordType: usersSettings.passwordType.default('hashed'),
  reloadInterval: usersSettings.reloadInterval.prefault('5s'),
  listenerNames: usersSettings.listenerNames.default([]),
  nextExtensionInsteadOfFail: usersSettings.nextExtensionInsteadOfFail.default(false),
  extension: contentSchema
    .optional()
    .describe(
      "Zip of the File RBAC extension, which is no part of the broker's package; an entry in `extensions` does as well.",
    ),
});
export type UsersSpec = z.infer<typeof usersSchema>;

/** Whether clients are let in by users of the spec. */
export const hasUsers = ({ users: { credentials, users, roles } }: { readonly users: UsersSpec }): boolean =>
  credentials !== undefined || users.length > 0 || roles.length > 0;
