import { isHivekeeperError } from '../../../domain/errors/index.js';
import { type NodeManifest, secretsPath } from '../../../render/node-manifest.js';
import type { ClusterSession } from '../../cluster-session.js';
import { readEnvironment, rotatedVariables } from '../../steps/manifest/environment-file.js';
import { secretFileKey, variableKey } from '../../steps/manifest/item-keys.js';
import { manifestOf } from '../../steps/manifest/manifest-of.js';
import { fillSecretFiles } from '../../steps/manifest/place-files.js';
import type { Difference } from './difference.js';

/** What became of the secrets of a member. They are compared in memory: neither a value nor a hash of one is kept. */
export interface SecretsOnHost {
  /** Variables whose secret is not what the member was given. */
  readonly rotated: readonly string[];
  /** Files with secrets that differ from what they should be. */
  readonly differences: readonly Difference[];
}

const nothing: SecretsOnHost = { rotated: [], differences: [] };

/** A file that is not there prints a dash; one that may not be looked at prints nothing. */
const readProgram = `
home=$1 account=$(getent passwd "$2" | cut -d : -f 6)
shift 2
for key; do
  case $key in '~/'*) path=$account/\${key#??} ;; *) path=$home/$key ;; esac
  folder=$(dirname -- "$path") text=-
  if [ -r "$path" ]; then text=$(base64 <"$path" | tr -d '\\n')
  elif [ -e "$path" ] || { [ -d "$folder" ] && [ ! -x "$folder" ]; }; then continue; fi
  printf '%s\\t%s\\n' "$key" "$text"
done
:`;

/** By member, for those that have secrets and can be read; a secret that cannot be resolved says nothing. */
export async function secretsOnHosts(
  session: ClusterSession,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretsOnHost>> {
  const hosts = session.nodeHosts().filter((host) => session.members.includes(host));
  return new Map(await Promise.all(hosts.map(async (host) => [host, await secretsOn(session, host, signal)] as const)));
}

async function secretsOn(session: ClusterSession, host: string, signal: AbortSignal): Promise<SecretsOnHost> {
  const { variables, secretFiles } = manifestOf(session.spec, [host], host);
  const keys = [...(variables.length > 0 ? [secretsPath] : []), ...secretFiles.map(secretFileKey)];
  if (keys.length === 0) return nothing;
  try {
    const found = await readOn(session, host, keys, signal);
    return {
      rotated: await rotatedIn(session, variables, found.get(secretsPath) ?? ''),
      differences: [
        ...environmentDifferences(variables, found),
        ...(await fileDifferences(session, secretFiles, found)),
      ],
    };
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return nothing;
    throw error;
  }
}

type Found = ReadonlyMap<string, string | null>;

async function readOn(
  session: ClusterSession,
  host: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Found> {
  const connected = await session.connect(host, signal);
  const { user } = session.spec.broker;
  const parameters = [session.resolved(host).home, user, ...keys];
  const { stdout } = await connected.script(readProgram, parameters, { asUser: user, signal });
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [key, text] = line.split('\t');
      if (key === undefined || text === undefined) return [];
      return [[key, text === '-' ? null : Buffer.from(text, 'base64').toString('utf8')] as const];
    }),
  );
}

const rotatedIn = (
  { dependencies }: ClusterSession,
  variables: NodeManifest['variables'],
  text: string,
): Promise<string[]> =>
  rotatedVariables(
    variables.filter(({ value }) => value.from !== 'generated'),
    dependencies.secrets,
    readEnvironment(text),
  );

/** A variable that is gone would start a broker without it. */
function environmentDifferences(variables: NodeManifest['variables'], found: Found): Difference[] {
  if (!found.has(secretsPath)) return [];
  const text = found.get(secretsPath) ?? null;
  const present = readEnvironment(text ?? '');
  return variables
    .filter(({ name }) => !present.has(name))
    .map((variable) => ({
      key: variableKey(variable),
      clause:
        text === null ? `${secretsPath}: removed by hand` : `${secretsPath}: ${variable.name} was removed by hand`,
    }));
}

async function fileDifferences(
  { dependencies, spec }: ClusterSession,
  files: NodeManifest['secretFiles'],
  found: Found,
): Promise<Difference[]> {
  const { secrets, userPasswords } = dependencies;
  const differences: Difference[] = [];
  for (const file of files) {
    const key = secretFileKey(file);
    const text = found.get(key);
    if (text === undefined) continue;
    if (text === null) {
      differences.push({ key, clause: `${key}: removed by hand` });
      continue;
    }
    const [wanted] = await fillSecretFiles([file], { secrets, userPasswords, cluster: spec.name }).catch(
      (error: unknown) => {
        if (isHivekeeperError(error)) return [];
        throw error;
      },
    );
    if (wanted === undefined || wanted.text === text) continue;
    differences.push({ key, clause: `${key}: changed by hand, or its secrets changed at the worker` });
  }
  return differences;
}
