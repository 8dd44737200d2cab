import { z } from 'zod';
import { haproxySchema } from './balancer/haproxy.js';
import { hookName } from './text.js';

const commandSchema = z.strictObject({
  product: z.literal('command').describe('`command`: a hook of the worker opens and closes the way to a node.'),
  hook: hookName.describe('Name of the command hook, as configured at the worker.'),
});

/** What sends clients to the nodes and must know when one comes or goes. */
export const loadBalancerSchema = z.discriminatedUnion('product', [commandSchema, haproxySchema], {
  error: 'a load balancer is { product: command, hook } or { product: haproxy, frontends }',
});
export type LoadBalancerSpec = z.infer<typeof loadBalancerSchema>;
