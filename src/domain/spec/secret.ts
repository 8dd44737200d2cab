import { z } from 'zod';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: 'an environment variable has letters, digits and underscores',
});

/** A path at the worker or beside the spec. */
const localPath = z.string().min(1).max(1_000);

/** A secret in a file of the worker. */
export const secretFileSchema = z.strictObject({
  file: localPath.describe(
    'File at the worker that holds the secret. `~` is the home folder of whoever runs the command.',
  ),
});

/**
 * Where a secret is found, never the secret itself. An activity resolves it, so that its value enters no input, history
 * or log.
 */
export const secretSchema = z.union(
  [
    z.strictObject({ env: variable.describe('Environment variable of the worker that holds the secret.') }),
    secretFileSchema,
  ],
  { error: 'a secret is a reference, { env: NAME } or { file: PATH }, never the value itself' },
);
export type Secret = z.infer<typeof secretSchema>;
