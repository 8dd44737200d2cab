import { z } from 'zod';
import { secretFileSchema } from './secret.js';
import { port, userName } from './text.js';
import { emptyList } from './unsupported.js';

const fields = {
  user: userName.describe('Account to log in with.'),
  port: port.describe('TCP port of the SSH server.'),
  privateKey: secretFileSchema.describe('Private key file at the worker.'),
  become: z
    .enum(['sudo', 'none'])
    .describe('How commands run as another user: `sudo -n` with the shipped sudoers file, or not at all.'),
};

/** How the worker logs in to every host that does not say otherwise. */
export const sshSchema = z.strictObject({
  user: fields.user,
  port: fields.port.default(22),
  privateKey: fields.privateKey,
  become: fields.become.default('sudo'),
  jump: emptyList('ssh.jump').describe('Hosts to pass on the way. Not supported by this version; may be empty.'),
});

/** What one host does differently. */
export const sshOverrideSchema = z.strictObject({
  user: fields.user.optional(),
  port: fields.port.optional(),
  privateKey: fields.privateKey.optional(),
  become: fields.become.optional(),
});
