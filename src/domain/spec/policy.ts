import { z } from 'zod';
import { duration, positiveDuration } from './duration.js';
import { maintenanceWindowSchema } from './maintenance-window.js';

/** A pace at which clients are moved. */
export const clientsPerSecond = z.int().min(1).max(100_000);

/** How clients are moved off a node before or after it is stopped. */
const drainSchema = z.strictObject({
  order: z
    .enum(['before-stop', 'after-stop', 'none'])
    .default('before-stop')
    .describe('Move the clients before the stop, let the stop move them, or do not wait for them at all.'),
  clientsPerSecond: clientsPerSecond.default(100).describe('Clients that are moved in a second.'),
  timeout: positiveDuration.prefault('30m').describe('How long moving the clients of one node may take.'),
  onTimeout: z
    .enum(['fail', 'stop-anyway', 'wait'])
    .default('fail')
    .describe('What happens when clients are left at the timeout.'),
  wills: z
    .enum(['suppress', 'publish'])
    .default('suppress')
    .describe('Whether the last will of a moved client is published.'),
  shield: z
    .enum(['load-balancer', 'firewall', 'none'])
    .optional()
    .describe(
      'What keeps new clients away from a node that is drained: the load balancer (the default where the spec has one), the host’s firewall, or nothing (the default otherwise).',
    ),
});

/** How a rolling upgrade proceeds. */
const upgradeSchema = z.strictObject({
  surge: z
    .enum(['auto', 'required', 'never'])
    .default('auto')
    .describe(
      'Whether a spare host joins with the new version first: where other members are above policy.headroom, always, or never.',
    ),
  canary: z.int().min(0).max(1_000).default(1).describe('Nodes that are upgraded and watched before the others.'),
  soak: duration.prefault('30s').describe('How long the canary is watched.'),
  rollback: z
    .enum(['automatic', 'never'])
    .default('automatic')
    .describe('Whether a node that does not take its new version goes back to the old one by itself.'),
  approval: z
    .enum(['never', 'when-releases-are-crossed', 'always'])
    .default('never')
    .describe('When an upgrade waits for an approval of its plan, whatever its input says.'),
});

/** The limits within which operations work. */
export const policySchema = z.strictObject({
  allowDecommission: z.boolean().default(true).describe('Whether any operation may remove a node.'),
  maxUnavailable: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('Members that may be out of service at once; always below the replica count.'),
  drain: drainSchema.prefault({}).describe('How clients are moved off a node.'),
  upgrade: upgradeSchema.prefault({}).describe('How a rolling upgrade proceeds.'),
  dataRetention: duration.prefault('7d').describe('How long a data folder that was moved aside is kept at least.'),
  headroom: z
    .int()
    .min(1)
    .max(100)
    .default(60)
    .describe('CPU use of the other members, in percent, above which no node is taken away from them.'),
  maintenanceWindows: z
    .array(maintenanceWindowSchema)
    .max(50)
    .default([])
    .describe('When nodes may be disturbed; at any time where there is none.'),
});
export type PolicySpec = z.infer<typeof policySchema>;
