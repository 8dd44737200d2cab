import { z } from 'zod';
import { brokerSchema } from './broker.js';
import { fencingSchema } from './fencing.js';
import { hostSchema } from './host.js';
import { policySchema } from './policy.js';
import { recoverySchema } from './recovery.js';
import { sshSchema } from './ssh.js';
import { clusterName } from './text.js';
import { loadBalancerSchema } from './traffic.js';
import { emptyList, emptyMapping } from './unsupported.js';

/** The keys that every broker product has; a product's own spec schema adds its own to these. */
export const commonShape = {
  apiVersion: z.literal('hivekeeper/v1').optional().describe('Version of this format.'),
  name: clusterName.describe('Name of the cluster; unique among the clusters of one Temporal namespace.'),
  broker: brokerSchema.describe('The broker: product, version, package and how it runs.'),
  ssh: sshSchema.describe('How the worker logs in to the hosts; a host may override each.'),
  hosts: z
    .array(hostSchema)
    .min(1)
    .describe('The hosts, spares included. Their order chooses members at the first deployment only.'),
  nodes: z.int().min(1).max(10_000).describe('How many hosts shall be members of the cluster.'),
  loadBalancer: loadBalancerSchema.optional().describe('What stands before the cluster.'),
  fencing: fencingSchema.optional().describe('What powers a host off that cannot be reached.'),
  backups: emptyMapping('backups'),
  recovery: recoverySchema.prefault({}).describe('What disaster recovery needs.'),
  schedules: emptyMapping('schedules'),
  policy: policySchema.prefault({}).describe('The limits within which operations work.'),
  notifications: emptyList('notifications'),
};

/** The spec as product-neutral code sees it. At run time the keys of the product are there too; `asHivemqSpec` reads them. */
export type ClusterSpec = z.infer<z.ZodObject<typeof commonShape>>;
