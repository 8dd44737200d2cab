import { z } from 'zod';
import { hookName } from './text.js';
import { enumWithLater, unsupportedMessage } from './unsupported.js';

/** What sends clients to the nodes and must know when one comes or goes. */
export const loadBalancerSchema = z.strictObject({
  product: enumWithLater(['command'], {
    haproxy: `${unsupportedMessage('the load balancer haproxy')}; use { product: command, hook: NAME }`,
  }).describe('`command`: a hook of the worker opens and closes the way to a node.'),
  hook: hookName.describe('Name of the command hook, as configured at the worker.'),
});
export type LoadBalancerSpec = z.infer<typeof loadBalancerSchema>;
