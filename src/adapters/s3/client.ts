import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { customEndpoint, type S3Access, type S3Keys } from './access.js';
import { HostHttpAgent, HostHttpsAgent } from './host-agent.js';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;
/** One more than needed: a connection that breaks in the middle is no verdict. */
const ATTEMPTS = 2;

/**
 * A client for one call. Everything that the SDK would otherwise read from the worker's own environment and files is
 * fixed here: the worker's user may have an account of its own that has nothing to do with the cluster's.
 */
export function clientFor(access: S3Access, keys: S3Keys, signal: AbortSignal): S3Client {
  const endpoint = customEndpoint(access);
  // A library's advice on the version of Node.js is not for the users of this program.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new S3Client({
    region: signingRegion(access),
    credentials: { ...keys },
    ...(endpoint === undefined ? {} : { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    ...(access.pathStyleAccess === undefined ? {} : { forcePathStyle: access.pathStyleAccess }),
    ...{ useFipsEndpoint: false, useDualstackEndpoint: false, disableMultiregionAccessPoints: true },
    ...{ followRegionRedirects: false, disableS3ExpressSessionAuth: true },
    // Servers other than Amazon's often know nothing of the newer checksums.
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
    ...{ maxAttempts: ATTEMPTS, retryMode: 'standard' },
    requestHandler: transport(access, signal),
  });
}

/** The region that requests are signed for. */
export function signingRegion(access: S3Access): string {
  return customEndpoint(access) === undefined ? access.region : (access.endpointRegion ?? access.region);
}

function transport({ node, trusted }: S3Access, signal: AbortSignal): NonNullable<S3ClientConfig['requestHandler']> {
  const ca = trusted === undefined ? undefined : [...rootCertificates, trusted];
  // A forwarded stream is no socket and has no timers; the signal ends it.
  if (node) {
    return {
      httpAgent: new HostHttpAgent(node.host, signal),
      httpsAgent: new HostHttpsAgent(node.host, ca, signal),
    };
  }
  return {
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: ANSWER_WITHIN_MS,
    httpsAgent: new Agent({ keepAlive: true, ...(ca && { ca }) }),
  };
}
