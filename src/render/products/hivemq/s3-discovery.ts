import { discoveryExtensions, type S3DiscoverySpec } from '../../../domain/products/hivemq/spec/index.js';
import type { Secret } from '../../../domain/spec/index.js';
import type { NodeManifest, SecretFile, SecretVariable } from '../../node-manifest.js';
import { renderProperties } from './properties.js';

type Part = Pick<NodeManifest, 'files' | 'secretFiles' | 'variables'>;

/** Options of the Java machine with secrets in them: named on its command line as `@<file>`, which shows no value. */
export const s3JavaOptionsPath = 'conf/hivekeeper-s3.options';

/** Where the settings lie, relative to the broker's home: the old plugin's file, or that of the extension. */
export const s3PropertiesPath = ({ layout }: Pick<S3DiscoverySpec, 'layout'>): string =>
  layout === 'plugin'
    ? 'conf/s3discovery.properties'
    : `extensions/${discoveryExtensions.s3.id}/${discoveryExtensions.s3.file}`;

/** The plugin counts minutes, the extension seconds. */
const unitOf = ({ layout }: S3DiscoverySpec): number => (layout === 'plugin' ? 60_000 : 1000);

/** The keys that the spec names: ACCESS_KEY_ID, SECRET_ACCESS_KEY and SESSION_TOKEN. */
type Keys = Readonly<Record<string, Secret>>;

function keysOf({ credentials: { accessKeyId, secretAccessKey, sessionToken } }: S3DiscoverySpec): Keys {
  return {
    ...(accessKeyId && { ACCESS_KEY_ID: accessKeyId }),
    ...(secretAccessKey && { SECRET_ACCESS_KEY: secretAccessKey }),
    ...(sessionToken && { SESSION_TOKEN: sessionToken }),
  };
}

/** One line of a secret file for each key that there is. */
function linesOf(keys: Keys, lines: readonly (readonly [string, string])[]): string {
  return lines.flatMap(([key, line]) => (keys[key] === undefined ? [] : [`${line}\n`])).join('');
}

function settings(discovery: S3DiscoverySpec): string {
  const unit = unitOf(discovery);
  return renderProperties({
    's3-bucket-region': discovery.bucketRegion,
    's3-bucket-name': discovery.bucketName,
    'file-prefix': discovery.filePrefix,
    'file-expiration': discovery.fileExpiration / unit,
    'update-interval': discovery.updateInterval / unit,
    's3-endpoint': discovery.endpoint,
    // Without a region the SDK finds none for a server that is not Amazon's, and discovery is skipped.
    's3-endpoint-region': discovery.endpoint && (discovery.endpointRegion ?? discovery.bucketRegion),
    's3-path-style-access': discovery.pathStyleAccess,
    'credentials-type': discovery.credentials.type,
  });
}

const none: Part = { files: [], secretFiles: [], variables: [] };
const file = (path: string, template: string, values: Keys, more: Partial<SecretFile> = {}): SecretFile => ({
  path,
  under: 'home',
  template,
  values,
  effect: 'restart',
  ...more,
});

/** The keys in the place where each type of credentials looks for them; nothing where they are on the host already. */
function placed(discovery: S3DiscoverySpec): Part {
  const keys = keysOf(discovery);
  if (Object.keys(keys).length === 0) return none;
  switch (discovery.credentials.type) {
    case 'environment_variables': {
      const variables = Object.entries(keys).map(
        ([key, secret]): SecretVariable => ({ name: `AWS_${key}`, value: { from: 'secret', secret } }),
      );
      return { ...none, variables };
    }
    case 'java_system_properties': {
      // The first version of Amazon's SDK, in the old plugin, reads aws.secretKey, the second aws.secretAccessKey.
      const template = linesOf(keys, [
        ['ACCESS_KEY_ID', '"-Daws.accessKeyId=@{ACCESS_KEY_ID}"'],
        ['SECRET_ACCESS_KEY', '"-Daws.secretKey=@{SECRET_ACCESS_KEY}"'],
        ['SECRET_ACCESS_KEY', '"-Daws.secretAccessKey=@{SECRET_ACCESS_KEY}"'],
        ['SESSION_TOKEN', '"-Daws.sessionToken=@{SESSION_TOKEN}"'],
      ]);
      return { ...none, secretFiles: [file(s3JavaOptionsPath, template, keys)] };
    }
    case 'user_credentials_file': {
      const template = `[default]\n${linesOf(keys, [
        ['ACCESS_KEY_ID', 'aws_access_key_id = @{ACCESS_KEY_ID}'],
        ['SECRET_ACCESS_KEY', 'aws_secret_access_key = @{SECRET_ACCESS_KEY}'],
        ['SESSION_TOKEN', 'aws_session_token = @{SESSION_TOKEN}'],
      ])}`;
      return { ...none, secretFiles: [file('.aws/credentials', template, keys, { under: 'user-home' })] };
    }
    default:
      return none;
  }
}

/** Everything that a node needs for S3 discovery besides the extension itself. The settings are read again at each reload. */
export function s3Discovery(discovery: S3DiscoverySpec): Part {
  const path = s3PropertiesPath(discovery);
  const text = settings(discovery);
  const inFile = ['access_key', 'temporary_session'].includes(discovery.credentials.type);
  if (!inFile) {
    const rest = placed(discovery);
    return { ...rest, files: [{ path, content: text, mode: 0o640, effect: 'hot' }] };
  }
  const keys = keysOf(discovery);
  const template = `${text}${linesOf(keys, [
    ['ACCESS_KEY_ID', 'credentials-access-key-id:@{ACCESS_KEY_ID}'],
    ['SECRET_ACCESS_KEY', 'credentials-secret-access-key:@{SECRET_ACCESS_KEY}'],
    ['SESSION_TOKEN', 'credentials-session-token:@{SESSION_TOKEN}'],
  ])}`;
  return { ...none, secretFiles: [file(path, template, keys, { effect: 'hot' })] };
}
