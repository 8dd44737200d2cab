import { z } from 'zod';
import { javaSchema } from './java.js';
import { packageSchema } from './package.js';
import { hostPath, userName } from './text.js';
import { version } from './version.js';

/** The run script of the vendor splits this text into words, so only what is harmless there is allowed. */
const javaOptions = z
  .string()
  .max(2_000)
  .regex(/^-[A-Za-z0-9_.,:=+/%@-]+( -[A-Za-z0-9_.,:=+/%@-]+)*$/, {
    error:
      'options start with a dash, are separated by one blank and have only letters, digits and _ . , : = + / % @ -',
  });

/** Which broker runs on the nodes, in which version, and how. */
export const brokerSchema = z.strictObject({
  product: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .describe('Broker product.'),
  version: version.describe('Version that every node shall run.'),
  package: packageSchema.describe('Where the package of a version is found.'),
  home: hostPath.default('/opt/hivemq').describe('Folder of the broker on every host.'),
  user: userName.default('hivemq').describe('Account that the broker runs as.'),
  supervisor: z
    .enum(['systemd', 'process'])
    .default('systemd')
    .describe('What keeps the broker running. `process` needs no root, and does not survive a reboot.'),
  java: javaSchema,
  javaOptions: javaOptions.optional().describe('Options of the Java machine.'),
});
export type BrokerSpec = z.infer<typeof brokerSchema>;
