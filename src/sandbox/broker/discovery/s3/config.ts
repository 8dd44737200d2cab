import { isRegion } from './regions.js';

const types = [
  'default',
  'environment_variables',
  'java_system_properties',
  'user_credentials_file',
  'instance_profile_credentials',
  'access_key',
  'temporary_session',
] as const;
export type CredentialsType = (typeof types)[number];

export interface S3Config {
  credentialsType: CredentialsType;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  region: string;
  bucket: string;
  prefix: string;
  /** Seconds; 0: objects never expire. */
  expiration: number;
  /** Seconds; 0: the own object is written once. */
  updateInterval: number;
  /** With its scheme; undefined: Amazon's own. */
  endpoint: string | undefined;
  endpointRegion: string | undefined;
  /** Undefined: the SDK decides. */
  pathStyle: boolean | undefined;
}

/** Amazon's own endpoint, which is no custom one. */
const amazon = 's3.amazonaws.com';

function blank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

/** Whole seconds; a value that is no number counts as not set. */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text.trim()) : undefined;
}

/** What is wrong with the two intervals (ConfigurationReader of the vendor's extension). */
function intervalProblem(expiration: number | undefined, update: number | undefined): string | undefined {
  if (expiration === undefined) return 'File expiration interval is not set!';
  if (expiration < 0) return 'File expiration interval is negative!';
  if (update === undefined) return 'File update interval is not set!';
  if (update < 0) return 'File update interval is negative!';
  if (update === 0 && expiration === 0) return undefined;
  if (update === expiration) return 'File update interval is the same as the expiration interval!';
  if (update === 0) return 'File update interval is deactivated but expiration is set!';
  if (expiration === 0) return 'File expiration is deactivated but update interval is set!';
  return update < expiration ? undefined : 'File update interval is larger than expiration interval!';
}

function credentialsProblem(get: (key: string) => string | undefined): string | undefined {
  const type = get('credentials-type');
  if (blank(type)) return 'Authentication type is empty!';
  if (!types.some((known) => known === type)) return 'Given authentication type is not valid!';
  if (type !== 'access_key' && type !== 'temporary_session') return undefined;
  if (blank(get('credentials-access-key-id'))) return 'Access key id is empty!';
  if (blank(get('credentials-secret-access-key'))) return 'Access key secret is empty!';
  if (type === 'temporary_session' && blank(get('credentials-session-token'))) return 'Session token is empty!';
  return undefined;
}

/** What is wrong with a configuration, in the vendor's words; undefined when nothing is. */
export function problemOf(properties: ReadonlyMap<string, string>): string | undefined {
  const get = (key: string): string | undefined => properties.get(key);
  if (blank(get('s3-bucket-name'))) return 'Bucket name is empty!';
  if (blank(get('s3-bucket-region'))) return 'Bucket region is empty!';
  if (!isRegion(get('s3-bucket-region') ?? '')) return 'Given bucket region is not a valid region!';
  return credentialsProblem(get) ?? intervalProblem(seconds(get('file-expiration')), seconds(get('update-interval')));
}

/** Of a configuration without a problem. */
export function readS3Config(properties: ReadonlyMap<string, string>): S3Config {
  const get = (key: string): string => properties.get(key)?.trim() ?? '';
  const endpoint = get('s3-endpoint') || amazon;
  const pathStyle = get('s3-path-style-access');
  return {
    credentialsType: types.find((known) => known === get('credentials-type')) ?? 'default',
    accessKeyId: get('credentials-access-key-id'),
    secretAccessKey: get('credentials-secret-access-key'),
    sessionToken: get('credentials-session-token'),
    region: get('s3-bucket-region'),
    bucket: get('s3-bucket-name'),
    prefix: get('file-prefix'),
    expiration: seconds(get('file-expiration')) ?? 0,
    updateInterval: seconds(get('update-interval')) ?? 0,
    endpoint: endpoint === amazon ? undefined : endpoint.includes('://') ? endpoint : `https://${endpoint}`,
    endpointRegion: get('s3-endpoint-region') || undefined,
    pathStyle: pathStyle === '' ? undefined : pathStyle.toLowerCase() === 'true',
  };
}
