/** The bucket through which nodes find each other, asked by the worker or from a node's point of view. */
export type { NodeKeySource, NodeView, S3Access, S3Keys } from './access.js';
export { type Announcement, type ForeignObject, isExpired } from './announcement.js';
export { discoveryBuckets } from './buckets.js';
export type { BucketListing, BucketState, CallOptions, DiscoveryBuckets } from './port.js';
