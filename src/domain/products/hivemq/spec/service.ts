import { z } from 'zod';
import { contentSchema } from '../../../spec/content.js';
import { secretSchema } from '../../../spec/secret.js';
import { portOrChosen } from './listener.js';

/** Level of the broker's log, as logback names it. */
export const logLevelSchema = z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']);

/** A whole config.xml of the user's own. */
export const configOverrideSchema = contentSchema;

const variableName = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, { error: 'a variable has capital letters, digits and underscores' })
  .refine((name) => !name.startsWith('HIVEKEEPER_'), { error: 'names that begin with HIVEKEEPER_ are taken' });

const variableValue = z
  .string()
  .max(2_000)
  .regex(/^[A-Za-z0-9 _.,:=+/%@-]*$/, {
    error: 'a value has letters, digits, blanks and _ . , : = + / % @ -; anything else goes as a secret reference',
  });

/** Further variables of the broker's environment, e.g. for extensions or for placeholders in a `configOverride`. */
export const envSchema = z.record(
  variableName,
  z.union([variableValue, secretSchema], { error: 'a value is text, or a secret: { env: NAME } or { file: PATH }' }),
);

/** Remote JMX. The vendor's start script opens it without a password, so here it is off unless asked for. */
export const jmxSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the JMX port is opened, without authentication.'),
  port: portOrChosen.default(9010).describe('TCP port; 0: Hivekeeper chooses a free one and records it.'),
});
