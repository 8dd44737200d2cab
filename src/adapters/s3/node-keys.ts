import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { NodeView, S3Access, S3Keys } from './access.js';
import { keysOfCredentialsFile } from './credentials-file.js';
import { instanceKeys } from './instance-metadata.js';

/** The keys to sign with: those given, or those that the broker would find on its host, in the order in which it looks. */
export async function resolveKeys(access: S3Access, signal: AbortSignal): Promise<S3Keys> {
  if (!('from' in access.credentials)) return access.credentials;
  const { source } = access.credentials;
  const node = access.node;
  if (!node) throw new HivekeeperError('InvalidInput', 'Keys that lie on a node need the node.');
  const inFile = source === 'instance_profile_credentials' ? undefined : await keysInFile(node, signal);
  if (inFile) return inFile;
  const ofInstance = source === 'user_credentials_file' ? undefined : await instanceKeys(node, signal);
  if (ofInstance) return ofInstance;
  throw missing(node, source);
}

async function keysInFile(node: NodeView, signal: AbortSignal): Promise<S3Keys | undefined> {
  const file = node.credentialsFile ?? `${await homeOf(node, signal)}/.aws/credentials`;
  const as = node.brokerUser === undefined ? {} : { asUser: node.brokerUser };
  const text = await node.host.readFile(file, as).catch((error: unknown) => {
    // What the user may not read there, the broker cannot either.
    if (isHivekeeperError(error, 'CommandFailed')) throw new HivekeeperError('SecretMissing', error.message);
    throw error;
  });
  return text === null ? undefined : keysOfCredentialsFile(text, node.profile ?? 'default');
}

/** From the user database, as Java has it: sudo leaves the log-in user's HOME in the environment. */
async function homeOf({ host, brokerUser }: NodeView, signal: AbortSignal): Promise<string> {
  const program = 'getent passwd "$(id -un)" | cut -d : -f 6';
  const as = brokerUser === undefined ? {} : { asUser: brokerUser };
  return (await host.script(program, [], { ...as, signal })).stdout.trim();
}

function missing({ host, brokerUser, credentialsFile, profile }: NodeView, source: string): HivekeeperError {
  const user = brokerUser ?? 'the log-in user';
  const file = `${credentialsFile ?? `~/.aws/credentials of ${user}`} (section ${profile ?? 'default'})`;
  const sentences = {
    user_credentials_file: `${host.name}: no S3 keys in ${file}. Write aws_access_key_id and aws_secret_access_key there.`,
    instance_profile_credentials: `${host.name}: the instance metadata service gives no S3 keys. Attach a role with access to the bucket to the instance.`,
    default: `${host.name}: no S3 keys, neither in ${file} nor from the instance metadata service. Provide one of them, or set cluster.discovery.credentials.`,
  };
  const known = source === 'user_credentials_file' || source === 'instance_profile_credentials' ? source : 'default';
  return new HivekeeperError('SecretMissing', sentences[known], { host: host.name, source });
}
