import type { ChangeContext, Difference } from '../../changes/index.js';
import type { ClusterSpec } from '../../spec/common.js';
import { asHivemqSpec, type HivemqSpec } from './spec/index.js';

/*
 * When a rule about a change of a HiveMQ key fits, beyond the path of the key.
 */

type Condition = (difference: Difference, context: ChangeContext) => boolean;

/** A condition on both specs. */
const both =
  (holds: (spec: HivemqSpec) => boolean): Condition =>
  (_, { before, after }) =>
    holds(asHivemqSpec(before)) && holds(asHivemqSpec(after));

/** A condition on one of them, at least. */
const either =
  (holds: (spec: HivemqSpec) => boolean): Condition =>
  (_, { before, after }) =>
    holds(asHivemqSpec(before)) || holds(asHivemqSpec(after));

function hasTransportTls({ cluster: { transport } }: HivemqSpec): boolean {
  return transport.type === 'tcp' && transport.tls?.enabled === true;
}

/** Encryption of cluster transport is switched on or off. */
export const switchesTransportTls: Condition = (_, { before, after }) =>
  hasTransportTls(asHivemqSpec(before)) !== hasTransportTls(asHivemqSpec(after));

const discoveryOf = (spec: ClusterSpec): string => asHivemqSpec(spec).cluster.discovery.type;

/** Nodes with a static list reach every member, however those look for each other, so a roll keeps them together. */
export const withoutStatic: Condition = (_, { before, after }) =>
  discoveryOf(before) !== discoveryOf(after) && discoveryOf(before) !== 'static' && discoveryOf(after) !== 'static';

export const isBroadcast = both(({ cluster }) => cluster.discovery.type === 'broadcast');

const byExtension = ({ cluster }: HivemqSpec): boolean => ['s3', 'dns'].includes(cluster.discovery.type);

/** Types of S3 credentials whose keys stand where a process reads them once. */
const readOnce = ['environment_variables', 'java_system_properties', 'user_credentials_file'];

export const movesKeysReadOnce = either(({ cluster: { discovery } }) => {
  if (discovery.type !== 's3') return false;
  const { type, accessKeyId, secretAccessKey, sessionToken } = discovery.credentials;
  return readOnce.includes(type) && [accessKeyId, secretAccessKey, sessionToken].some((key) => key !== undefined);
});

/** The issuer of the new spec makes a store of cluster transport. */
export const issuesForTransport: Condition = (_, { after }) => {
  const { enabled, transport } = asHivemqSpec(after).cluster;
  if (!enabled || transport.type !== 'tcp' || transport.tls?.enabled !== true) return false;
  const { serverKeystore, serverCertificateTruststore } = transport.tls;
  return serverKeystore === undefined || serverCertificateTruststore === undefined;
};

/** It makes one for those who connect. */
export const issuesForListeners: Condition = (_, { after }) => {
  const { listeners, controlCenter } = asHivemqSpec(after);
  const { https } = controlCenter;
  return (
    listeners.some((listener) => 'tls' in listener && listener.tls.keystore === undefined) ||
    (controlCenter.enabled && https !== undefined && https.tls.keystore === undefined)
  );
};

/** What can be switched off whole; its other keys then stand nowhere. */
export const switched = ['cluster', 'restApi', 'healthApi', 'controlCenter', 'jmx'] as const;
export const staysOff = (key: (typeof switched)[number]): Condition => both((spec) => !spec[key].enabled);

/** A whole config.xml of the user's own, so that nothing of the spec stands in it. */
const isOverridden = both(({ configOverride }) => configOverride !== undefined);

const isS3 = ({ cluster }: HivemqSpec): boolean => cluster.discovery.type === 's3';

/** Settings of the S3 discovery extension stand in a file that it reads again at each reload; the DNS one reads its own once. */
export const isReloaded: Condition = (difference, context) =>
  both(isS3)(difference, context) || (isOverridden(difference, context) && either(isS3)(difference, context));

const hasTls = (value: unknown): boolean => typeof value === 'object' && value !== null && 'tls' in value;

/** Keys that stand in config.xml alone: under `configOverride` they are nowhere. */
export const inConfigXml: readonly { readonly path: string; readonly when: Condition }[] = [
  ...[
    ...['mqtt', 'restrictions', 'security', 'overloadProtection', 'restApi', 'healthApi'],
    'cluster.failureDetection',
  ].map((path) => ({ path, when: isOverridden })),
  {
    path: 'cluster.discovery',
    when: (difference, context) => isOverridden(difference, context) && !either(byExtension)(difference, context),
  },
  {
    path: 'controlCenter',
    when: (difference, context) => isOverridden(difference, context) && !either(hasSecrets)(difference, context),
  },
  {
    path: 'listeners',
    when: (difference, context) =>
      isOverridden(difference, context) &&
      !difference.path.some(({ name }) => name === 'tls') &&
      ![difference.before, difference.after].some(hasTls),
  },
];

/** Passwords and stores are brought to the nodes, whatever names them in config.xml. */
const hasSecrets = ({ controlCenter: { enabled, users, https } }: HivemqSpec): boolean =>
  enabled && (users.length > 0 || https !== undefined);

export const isReplaced: Condition = ({ sign }) => sign === '~';
