import { z } from 'zod';
import { bindAddress } from '../bind-address.js';
import { contentSchema, keyContentSchema } from '../content.js';
import { port } from '../text.js';

/** As HAProxy takes it for any limit of connections; more would not fit into the memory of one host. */
export const connections = z.int().min(1).max(10_000_000);

const terminationSchema = z.strictObject({
  certificate: contentSchema.describe('Certificate of the balancer in PEM, followed by those of its issuers.'),
  privateKey: keyContentSchema.describe('Its private key in PEM, without a passphrase.'),
});

/** One port at which clients reach one listener of every node. */
export const frontendSchema = z.strictObject({
  listener: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, { error: 'must be the name or the type of a listener' })
    .describe('Name of the listener, or its type where only one listener has that type.'),
  port: port.describe('TCP port of the balancer.'),
  bindAddress: bindAddress
    .default('0.0.0.0')
    .describe('Address to listen at; `host` is the own address of each host. With a `vip`, keep the default.'),
  tls: terminationSchema
    .optional()
    .describe('Ends TLS at the balancer; default: bytes are passed through, TLS of the listener included.'),
  proxyProtocol: z
    .boolean()
    .optional()
    .describe(
      'Whether the node is told the address of the client (PROXY protocol 2); default: as its listener expects.',
    ),
  maxConnections: connections.optional().describe('Connections at once at this port; default: those of the balancer.'),
});
export type FrontendSpec = z.infer<typeof frontendSchema>;
