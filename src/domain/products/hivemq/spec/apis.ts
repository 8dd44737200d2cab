import { z } from 'zod';
import { secretSchema } from '../../../spec/secret.js';
import { port } from '../../../spec/text.js';
import { emptyList } from '../../../spec/unsupported.js';
import { bindAddress } from './bind-address.js';

const local = bindAddress
  .default('loopback')
  .describe('Address to listen at. Hivekeeper reaches the loopback of a host over SSH.');

/** The REST API of the broker: drains, item counts, backups. */
export const restApiSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the REST API is served.'),
  port: port.default(8888).describe('TCP port.'),
  bindAddress: local,
  auth: z
    .strictObject({ header: secretSchema.describe('Value of the Authorization header, as a secret reference.') })
    .optional()
    .describe('Authentication; an extension of the broker checks it.'),
});

/** The health API of the broker: how Hivekeeper sees that a node is synchronized. */
export const healthApiSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the health API is served.'),
  port: port.default(8889).describe('TCP port.'),
  bindAddress: local,
});

/**
 * The web interface of the broker. Off by default, unlike the vendor's: until its users can be set here it has the
 * vendor's well-known log-in.
 */
export const controlCenterSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether the Control Center is served.'),
  port: port.default(8080).describe('TCP port.'),
  bindAddress: local,
  users: emptyList('controlCenter.users'),
});
