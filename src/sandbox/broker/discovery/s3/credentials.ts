import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { maybe, parseAs, record, text } from '../../../wire/guards.js';
import type { ExtensionHost } from '../contract.js';
import type { S3Config } from './config.js';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** What the credentials are looked for in. */
export type Surroundings = Pick<ExtensionHost, 'env' | 'properties'>;

function complete(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): Credentials | undefined {
  if (!id || !secret) return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
}

function fromEnvironment({ env }: Surroundings): Credentials | undefined {
  return complete(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']);
}

function fromProperties({ properties }: Surroundings): Credentials | undefined {
  const get = (name: string): string | undefined => properties.get(name);
  return complete(get('aws.accessKeyId'), get('aws.secretAccessKey'), get('aws.sessionToken'));
}

/** The sections of an INI file. */
function sections(content: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of content.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line);
    const pair = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (section?.[1] !== undefined) {
      current = new Map();
      found.set(section[1], current);
    } else if (pair?.[1] !== undefined) {
      current.set(pair[1], pair[2] ?? '');
    }
  }
  return found;
}

/** `.aws/credentials` in the home folder of the broker's user, the profile `default` unless another is named. */
function fromFile({ env, properties }: Surroundings): Credentials | undefined {
  const home = properties.get('user.home') ?? env['HOME'] ?? homedir();
  const named = properties.get('aws.sharedCredentialsFile') ?? env['AWS_SHARED_CREDENTIALS_FILE'];
  try {
    const profiles = sections(readFileSync(named ?? join(home, '.aws', 'credentials'), 'utf8'));
    const profile = profiles.get(properties.get('aws.profile') ?? env['AWS_PROFILE'] ?? 'default');
    return complete(
      profile?.get('aws_access_key_id'),
      profile?.get('aws_secret_access_key'),
      profile?.get('aws_session_token'),
    );
  } catch {
    return undefined;
  }
}

const isRole = record({ AccessKeyId: text, SecretAccessKey: text, Token: maybe(text) });

/**
 * The role of the virtual machine, from the metadata service (IMDSv2). Only asked where the endpoint is named: the real
 * one is outside of this machine.
 */
async function fromInstance({ env, properties }: Surroundings): Promise<Credentials | undefined> {
  const endpoint = properties.get('aws.ec2MetadataServiceEndpoint') ?? env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
  if (endpoint === undefined) return undefined;
  const ask = async (path: string, init: RequestInit): Promise<string> => {
    const response = await fetch(new URL(path, endpoint), { ...init, signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`The metadata service answers ${response.status}.`);
    return response.text();
  };
  try {
    const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
    const token = await ask('/latest/api/token', { method: 'PUT', headers: lifetime });
    const headers = { 'x-aws-ec2-metadata-token': token };
    const folder = '/latest/meta-data/iam/security-credentials/';
    const [role = ''] = (await ask(folder, { headers })).split('\n');
    const found = parseAs(isRole, await ask(`${folder}${role}`, { headers }));
    return found && complete(found.AccessKeyId, found.SecretAccessKey, found.Token);
  } catch {
    return undefined;
  }
}

/**
 * The credentials of a configuration. `default` asks system properties, environment, file and metadata service, in that
 * order (AWS SDK for Java, DefaultCredentialsProvider).
 * @throws when there are none
 */
export async function findCredentials(config: S3Config, surroundings: Surroundings): Promise<Credentials> {
  const { accessKeyId, secretAccessKey, sessionToken } = config;
  const find = async (): Promise<Credentials | undefined> => {
    switch (config.credentialsType) {
      case 'access_key':
        return { accessKeyId, secretAccessKey };
      case 'temporary_session':
        return { accessKeyId, secretAccessKey, sessionToken };
      case 'environment_variables':
        return fromEnvironment(surroundings);
      case 'java_system_properties':
        return fromProperties(surroundings);
      case 'user_credentials_file':
        return fromFile(surroundings);
      case 'instance_profile_credentials':
        return fromInstance(surroundings);
      case 'default':
        return (
          fromProperties(surroundings) ??
          fromEnvironment(surroundings) ??
          fromFile(surroundings) ??
          fromInstance(surroundings)
        );
    }
  };
  const found = await find();
  if (!found) throw new Error(`Unable to load credentials (${config.credentialsType}).`);
  return found;
}
