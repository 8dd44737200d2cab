import { HivekeeperError } from '../../domain/errors/index.js';
import { customEndpoint, type S3Access } from './access.js';
import { signingRegion } from './client.js';
import type { Trouble } from './trouble.js';

/** Kinds after which trying again may help without anybody acting. */
const passing: ReadonlySet<Trouble['kind']> = new Set(['unreachable', 'server-failed']);

/** The error for a call that failed. Nothing of what the SDK threw goes with it: that holds key ids and signed texts. */
export function s3Error(access: S3Access, trouble: Trouble): HivekeeperError {
  const { kind, code } = trouble;
  return new HivekeeperError(passing.has(kind) ? 'ApiUnreachable' : 'ApiRefused', sentence(access, trouble), {
    problem: kind,
    code,
    bucket: access.bucket,
    endpoint: endpointName(access),
    host: access.node?.host.name ?? null,
  });
}

/** One sentence for people: what is wrong, what was expected, what to do next. */
export function sentence(access: S3Access, trouble: Trouble): string {
  const { bucket, prefix } = access;
  const at = endpointName(access);
  const from = access.node ? ` from ${access.node.host.name}` : ' from the worker';
  const keys = keysName(access);
  switch (trouble.kind) {
    case 'unreachable':
      return `${at} cannot be reached${from} (${trouble.code}). ${unreachableHint(access, trouble)}`;
    case 'untrusted':
      return `The certificate of ${at} is not trusted${from} (${trouble.code}). Use an endpoint whose certificate is signed by a known authority for this name, and trust that authority on the nodes and the worker.`;
    case 'no-s3':
      return `What answers at ${at} does not speak S3 (${trouble.code}). Set cluster.discovery.endpoint to the S3 server itself, with the right scheme and port.`;
    case 'server-failed':
      return `${at} failed to answer for bucket ${bucket} (${trouble.code}). Look at the S3 server; nothing in the spec is wrong as far as it got.`;
    case 'wrong-region':
      return `Bucket ${bucket} is not in region ${signingRegion(access)}${trouble.region ? ` but in ${trouble.region}` : ''}, says ${at}. Set cluster.discovery.${regionKey(access)} to ${trouble.region ?? 'the region of the bucket'}.`;
    case 'unknown-key':
      return `${at} does not know the access key id that ${keys.held}. ${keys.next}`;
    case 'wrong-secret':
      return `The secret access key that ${keys.held} does not belong to its access key id, says ${at}. ${keys.next}`;
    case 'bad-session':
      return `The temporary session that ${keys.held} has expired or is not valid, says ${at} (${trouble.code}). ${keys.next}`;
    case 'clock':
      return `${at} refuses the request because its time is off by minutes. Requests are signed by the worker's clock: set it, and the nodes' clocks, by NTP.`;
    case 'bucket-missing':
      return `Bucket ${bucket} does not exist at ${at}. Create it in region ${signingRegion(access)}, or correct cluster.discovery.bucketName.`;
    case 'no-permission':
      return `The keys that ${keys.heldAll} do not have the rights that a node needs in bucket ${bucket} at ${at} (${trouble.code}). Allow them s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject on ${prefix}*.`;
    case 'refused':
      return `${at} refused a request for bucket ${bucket} (${trouble.code}). Compare region, endpoint and path style of cluster.discovery with what this server expects.`;
  }
}

function endpointName(access: S3Access): string {
  return customEndpoint(access) ?? 'Amazon S3';
}

function regionKey(access: S3Access): string {
  return customEndpoint(access) === undefined ? 'bucketRegion' : 'endpointRegion';
}

function unreachableHint(access: S3Access, { code }: Trouble): string {
  if (/EPROTO|WRONG_VERSION/.test(code)) {
    return 'It does not speak TLS on this port; begin cluster.discovery.endpoint with http:// if that is meant.';
  }
  const named = !access.pathStyleAccess && /ENOTFOUND|EAI_AGAIN/.test(code);
  if (named && customEndpoint(access) !== undefined) {
    return `The name asked for begins with the bucket; set cluster.discovery.pathStyleAccess: true where the server has one name for all buckets, else check cluster.discovery.endpoint.`;
  }
  return 'Check cluster.discovery.endpoint, the firewall and the way out to it.';
}

interface KeysName {
  /** Follows "the secret that". */
  readonly held: string;
  /** Follows "the keys that". */
  readonly heldAll: string;
  readonly next: string;
}

function keysName({ credentials, node }: S3Access): KeysName {
  if (!('from' in credentials)) {
    const held = 'cluster.discovery.credentials names';
    return { held, heldAll: held, next: 'Correct the secret at the worker.' };
  }
  const name = node?.host.name ?? '';
  const next =
    credentials.source === 'instance_profile_credentials'
      ? `Look at the role of the instance ${name}.`
      : `Correct the credentials file of the broker's user on ${name}.`;
  return { held: `lies on ${name}`, heldAll: `lie on ${name}`, next };
}
