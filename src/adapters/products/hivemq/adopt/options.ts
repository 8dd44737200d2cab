import type { SecretComparison } from './secret-comparison.js';

export interface InspectOptions {
  /** Folder of the broker, or a link to it. */
  readonly home: string;
  /** Account that the broker runs as; everything is read as this user. */
  readonly user: string;
  /** Name of the cluster, which generated references begin with, in capital letters. Default: hivemq */
  readonly cluster?: string;
  /** One for all hosts of a cluster tells which secrets are the same on all. Default: none is compared. */
  readonly comparison?: SecretComparison;
}
