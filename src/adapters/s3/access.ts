import type { DiscoveryBucket } from '../../domain/products/index.js';
import type { RemoteHost } from '../ports/index.js';

/** Keys as they are sent with requests. They live in memory only: never logged, never part of an error or a result. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where a node keeps keys that the worker does not have; the names are those of the extension's `credentials-type`. */
export type NodeKeySource = Exclude<DiscoveryBucket['nodeKeys'], 'hidden'>;

/** A node whose point of view is taken: its keys are used, and its network. */
export interface NodeView {
  readonly host: RemoteHost;
  /** The user that the broker runs as, and whose home holds the credentials file. Default: the log-in user. */
  readonly brokerUser?: string | undefined;
  /** The credentials file, where the broker's environment names one. Default: `.aws/credentials` in the user's home. */
  readonly credentialsFile?: string | undefined;
  /** The section of that file. Default: `default` */
  readonly profile?: string | undefined;
  /** Where the instance metadata service answers. Default: 169.254.169.254, port 80 */
  readonly metadata?: { readonly address: string; readonly port: number } | undefined;
}

type Bucket = Pick<
  DiscoveryBucket,
  'region' | 'bucket' | 'prefix' | 'endpoint' | 'endpointRegion' | 'pathStyleAccess'
> & {
  /** Certificates (PEM) that an HTTPS endpoint is trusted by, beside those that Node.js knows. Default: none. */
  readonly trusted?: string | undefined;
};

/**
 * A bucket and how to ask it. With `node`, every request goes over that host's SSH connection and comes from there; keys
 * that lie on the host are read there for each call and forgotten after it.
 */
export type S3Access = Bucket &
  (
    | { readonly credentials: S3Keys; readonly node?: NodeView | undefined }
    | { readonly credentials: { readonly from: 'node'; readonly source: NodeKeySource }; readonly node: NodeView }
  );

/** The extension takes this value of `s3-endpoint` as "no other endpoint". */
const AMAZON = 's3.amazonaws.com';

/** The address of another server than Amazon's, or undefined. */
export function customEndpoint({ endpoint = '' }: Pick<Bucket, 'endpoint'>): string | undefined {
  if (endpoint === '' || endpoint === AMAZON) return undefined;
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`;
}
