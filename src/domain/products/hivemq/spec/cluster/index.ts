import { z } from 'zod';
import { discoverySchema } from './discovery.js';
import { failureDetectionSchema } from './failure-detection.js';
import { transportSchema } from './transport.js';

export type { DiscoverySpec } from './discovery.js';
export { heartbeatTimes } from './failure-detection.js';
export type { S3DiscoverySpec } from './s3.js';
export type { TransportSpec, TransportTlsSpec } from './transport.js';

/** The cluster element of config.xml. Defaults are the vendor's tables, except that transport is TCP and discovery static. */
export const clusterSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the nodes form a cluster; if not, each is a broker of its own.'),
  replicaCount: z.int().min(1).max(1_000).default(2).describe('How many nodes hold each piece of persistent data.'),
  transport: transportSchema.prefault({}).describe('What nodes talk to each other over.'),
  discovery: discoverySchema.prefault({}).describe('How nodes find each other.'),
  failureDetection: failureDetectionSchema.prefault({}).describe('How a lost node is noticed.'),
});
