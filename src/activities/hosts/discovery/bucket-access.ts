import type { RemoteHost } from '../../../adapters/ports/index.js';
import type { S3Access } from '../../../adapters/s3/index.js';
import type { DiscoveryBucket } from '../../../domain/products/index.js';
import type { ClusterSession } from '../../cluster-session.js';

/** Bucket, and where its keys come from. */
export interface BucketView {
  readonly askedBy: string;
  readonly access: S3Access;
}

/**
 * How the bucket can be asked, the first way first: with keys of the spec by the worker, and from a host where the worker
 * has no way to it; with keys that lie on the nodes only from there. None where nobody but a broker has the keys.
 * @throws HivekeeperError SecretMissing
 */
export async function bucketViews(
  session: ClusterSession,
  bucket: DiscoveryBucket,
  hosts: readonly { readonly name: string; readonly host: RemoteHost }[],
): Promise<BucketView[]> {
  const { region, bucket: name, prefix, endpoint, endpointRegion, pathStyleAccess, keys, nodeKeys } = bucket;
  const place = { region, bucket: name, prefix, endpoint, endpointRegion, pathStyleAccess };
  const [host] = hosts;
  if (keys !== null) {
    const { secrets } = session.dependencies;
    const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
      secrets.resolve(keys.accessKeyId),
      secrets.resolve(keys.secretAccessKey),
      keys.sessionToken ? secrets.resolve(keys.sessionToken) : undefined,
    ]);
    const access: S3Access = { ...place, credentials: { accessKeyId, secretAccessKey, sessionToken } };
    const fromHost = host ? [{ askedBy: host.name, access: { ...access, node: { host: host.host } } }] : [];
    return [{ askedBy: 'the worker', access }, ...fromHost];
  }
  if (nodeKeys === 'hidden' || !host) return [];
  const brokerUser = session.spec.broker.user;
  const credentials = { from: 'node', source: nodeKeys } as const;
  return [{ askedBy: host.name, access: { ...place, credentials, node: { host: host.host, brokerUser } } }];
}
