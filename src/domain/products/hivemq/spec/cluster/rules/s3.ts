import { nodeHosts } from '../../../../../spec/resolved-host.js';
import { isWildcard } from '../../bind-address.js';
import type { S3DiscoverySpec } from '../s3.js';
import { issueIf, type ClusterRule } from './rule.js';
import type { SpecIssue } from '../../../../../spec/issue.js';

const path = ['cluster', 'discovery'];
const minute = 60_000;

/** As both the extension and the old plugin want it: neither interval, or both, and renewed before it is void. */
function intervals({ fileExpiration, updateInterval }: S3DiscoverySpec): SpecIssue[] {
  if ((fileExpiration === 0) !== (updateInterval === 0)) {
    const key = fileExpiration === 0 ? 'fileExpiration' : 'updateInterval';
    const message =
      'fileExpiration and updateInterval are both 0s (announcements never expire) or both longer, e.g. 6m and 3m';
    return [{ path: [...path, key], message }];
  }
  return issueIf(
    fileExpiration > 0 && updateInterval >= fileExpiration,
    [...path, 'updateInterval'],
    `must be shorter than fileExpiration, or announcements expire before they are renewed: half of it, ${Math.floor(fileExpiration / 2000)}s, is usual`,
  );
}

/** What the old plugin does not have: seconds, and other servers than Amazon's. */
function plugin(discovery: S3DiscoverySpec): SpecIssue[] {
  if (discovery.layout !== 'plugin') return [];
  const fractions = (['fileExpiration', 'updateInterval'] as const).flatMap((key) =>
    issueIf(
      discovery[key] % minute !== 0,
      [...path, key],
      'the old plugin counts whole minutes: write 6m, for example, or layout: extension',
    ),
  );
  const unknown = (['endpoint', 'endpointRegion', 'pathStyleAccess'] as const).flatMap((key) =>
    issueIf(
      discovery[key] !== undefined,
      [...path, key],
      'the old plugin does not have it: leave it out, or write layout: extension',
    ),
  );
  return [...fractions, ...unknown];
}

/** Types whose keys stand in the extension's own file and so cannot be on the host already. */
const inFile = ['access_key', 'temporary_session'];
/** Types that take no keys from the spec: the SDK looks for them elsewhere. */
const elsewhere = ['default', 'instance_profile_credentials'];

function credentials({
  credentials: { type, accessKeyId, secretAccessKey, sessionToken, expires },
}: S3DiscoverySpec): SpecIssue[] {
  const at = (key: string) => [...path, 'credentials', key];
  const given = { accessKeyId, secretAccessKey, sessionToken };
  if (elsewhere.includes(type)) {
    return Object.entries(given).flatMap(([key, secret]) =>
      issueIf(
        secret !== undefined,
        at(key),
        `credentials of type ${type} take no keys from here: leave it out, or use environment_variables, java_system_properties, user_credentials_file or access_key`,
      ),
    );
  }
  const both = accessKeyId !== undefined || secretAccessKey !== undefined || inFile.includes(type);
  const missing = (['accessKeyId', 'secretAccessKey'] as const).filter((key) => both && given[key] === undefined);
  return [
    ...missing.flatMap((key) =>
      issueIf(true, at(key), `credentials of type ${type} need ${key}, as a secret: { env: NAME } or { file: PATH }`),
    ),
    ...issueIf(
      type === 'temporary_session' && sessionToken === undefined,
      at('sessionToken'),
      'credentials of type temporary_session need sessionToken, as a secret: { env: NAME } or { file: PATH }; without one the type is access_key',
    ),
    ...issueIf(
      type === 'access_key' && sessionToken !== undefined,
      at('sessionToken'),
      'credentials of type access_key have no session token: leave it out, or write type: temporary_session',
    ),
    ...issueIf(
      sessionToken !== undefined && type !== 'access_key' && accessKeyId === undefined && !inFile.includes(type),
      at('sessionToken'),
      'a session token goes with accessKeyId and secretAccessKey: add both, or leave it out',
    ),
    ...issueIf(
      expires !== undefined && sessionToken === undefined,
      at('expires'),
      'only a session with a sessionToken ends: leave it out, or add the token',
    ),
  ];
}

/** What stands in the bucket is the address that a node binds, so it must be one that others can reach. */
const announced: ClusterRule = ({ cluster: { transport }, hosts, nodes }) => {
  const everywhere = nodeHosts({ hosts }).every(({ externalAddress }) => externalAddress !== undefined);
  const external = everywhere || (nodes === 1 && transport.externalAddress !== undefined);
  return issueIf(
    isWildcard(transport.bindAddress) && !external,
    ['cluster', 'transport', 'bindAddress'],
    `a node would announce ${transport.bindAddress} in the bucket, where nobody reaches it: write host, or give each host an externalAddress`,
  );
};

/** Everything about S3 discovery that ties keys together. */
export const s3: ClusterRule = (spec) => {
  const { discovery } = spec.cluster;
  if (discovery.type !== 's3') return [];
  return [...intervals(discovery), ...plugin(discovery), ...credentials(discovery), ...announced(spec)];
};
