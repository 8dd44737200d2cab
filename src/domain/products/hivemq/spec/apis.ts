import { z } from 'zod';
import { secretSchema } from '../../../spec/secret.js';
import { bindAddress } from './bind-address.js';
import { listenerTlsSchema, portOrChosen } from './listener.js';

const local = bindAddress
  .default('loopback')
  .describe('Address to listen at. Hivekeeper reaches the loopback of a host over SSH.');

const tcpPort = (value: number) =>
  portOrChosen.default(value).describe('TCP port; 0: Hivekeeper chooses a free one and records it.');

/** The REST API of the broker: drains, item counts, backups. */
export const restApiSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the REST API is served.'),
  port: tcpPort(8888),
  bindAddress: local,
  auth: z
    .strictObject({ header: secretSchema.describe('Value of the Authorization header, as a secret reference.') })
    .optional()
    .describe('Authentication; an extension of the broker checks it.'),
});

/** The health API of the broker: how Hivekeeper sees that a node is synchronized. */
export const healthApiSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the health API is served.'),
  port: tcpPort(8889),
  bindAddress: local,
});

const controlCenterUser = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, {
      error: 'a user name has at most 64 letters, digits and . _ @ -, and begins with a letter or digit',
    })
    .describe('Log-in name.'),
  password: secretSchema.describe('Password, as a secret reference; only its hash reaches the node.'),
});

/** The web interface of the broker. Off by default, unlike the vendor's: without users it has a well-known log-in. */
export const controlCenterSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the Control Center is served.'),
  http: z.boolean().default(true).describe('Whether it is served over plain HTTP.'),
  port: tcpPort(8080),
  bindAddress: local,
  https: z
    .strictObject({
      port: tcpPort(8443),
      bindAddress: local,
      tls: listenerTlsSchema.prefault({}).describe('TLS of this listener.'),
    })
    .optional()
    .describe('HTTPS; default: none.'),
  users: z.array(controlCenterUser).max(100).default([]).describe('Who may log in.'),
});
