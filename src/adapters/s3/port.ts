import type { Announcement, ForeignObject } from './announcement.js';
import type { S3Access } from './access.js';

/** What is known of a bucket; null where an earlier failure keeps it from being known. */
export interface BucketState {
  /** Whether something that speaks S3 answers at the endpoint. */
  readonly reachable: boolean;
  readonly exists: boolean | null;
  /** Whether the keys may do what was asked for: list, and with `write` put, read and delete below the prefix as well. */
  readonly permitted: boolean | null;
  /** What is wrong, what was expected and what to do; null when nothing is. */
  readonly problem: string | null;
}

/** Everything below the prefix of a bucket. */
export interface BucketListing {
  readonly announcements: readonly Announcement[];
  /** Objects that are no announcement: nodes skip them, and so does everything here. */
  readonly foreign: readonly ForeignObject[];
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The worker's side of S3 cluster discovery. */
export interface DiscoveryBuckets {
  /**
   * Asks the bucket as a node does at its start. With `write`, an object is also put below the prefix, read and removed.
   * A bucket that cannot be used is an answer, not an error. @throws HostUnreachable where a node's view was asked for
   */
  bucketState(access: S3Access, options?: CallOptions & { readonly write?: boolean }): Promise<BucketState>;
  /** Reads all announcements. @throws ApiUnreachable, ApiRefused, SecretMissing with the same sentences as `bucketState` */
  announced(access: S3Access, options?: CallOptions & { readonly pageSize?: number }): Promise<BucketListing>;
  /**
   * Removes an announcement by its key; one that is not there is fine. @throws InvalidInput for an object that is no
   * announcement, which is left alone; else as `announced`
   */
  removeAnnouncement(access: S3Access, key: string, options?: CallOptions): Promise<'removed' | 'absent'>;
}
