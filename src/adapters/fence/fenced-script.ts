import { posix } from 'node:path';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { CommandResult, RemoteHost } from '../ports/index.js';

/** Who changes a host: an operation on one node of a cluster, with the fencing token of its lease. */
export interface Fence {
  readonly home: string;
  readonly cluster: string;
  readonly node: string;
  /** Grows with each lease; a host that has seen a newer one refuses. */
  readonly token: number;
  /** The broker's user, who owns the home. */
  readonly user: string;
}

const exits = { fencedOut: 93, busy: 94 } as const;
/** Seconds to wait for another command that is at work on this home. */
const lockWait = 30;

/**
 * The lock is held by this shell alone: the program runs in a subshell without descriptor 9, so that a broker that it
 * starts does not keep the lock for life.
 */
const head = (own: string): string => `
hk_home=$1 hk_cluster=$2 hk_token=$3
shift 3
hk_state="$hk_home/.hivekeeper"
mkdir -p -- "$hk_state" || exit 1
exec 9>>"$hk_state/lock" || exit 1
flock -w ${lockWait} 9 || exit ${exits.busy}
if [ -s "$hk_state/fence" ]; then
  read -r hk_found hk_seen <"$hk_state/fence"
  if [ "$hk_found" != "$hk_cluster" ] || [ "$hk_seen" -gt "$hk_token" ]; then
    echo "$hk_found $hk_seen" >&2
    exit ${exits.fencedOut}
  fi
fi
if [ "$hk_found $hk_seen" != "$hk_cluster $hk_token" ]; then
  echo "$hk_cluster $hk_token" | cat >"$hk_state/fence.new" && sync -- "$hk_state/fence.new" &&
    mv -f -- "$hk_state/fence.new" "$hk_state/fence" || exit 1
fi
(
${own}
) 9>&-`;

/**
 * Runs a program on a host that still belongs to this operation, under the lock of its home. The first operation on a
 * home takes it for its cluster.
 * @throws FencedOut with what the host has seen, CommandFailed
 */
export async function fencedScript(
  host: RemoteHost,
  fence: Fence,
  program: string,
  parameters: readonly string[] = [],
  options: { asUser?: string; timeout?: number; signal?: AbortSignal } = {},
): Promise<CommandResult> {
  const all = [fence.home, fence.cluster, String(fence.token), ...parameters];
  try {
    return await host.script(head(program), all, { asUser: fence.user, ...options });
  } catch (error) {
    throw translate(host.name, fence, error);
  }
}

/** Refuses a host that is no longer ours, and changes nothing else. @throws FencedOut */
export async function assertFence(host: RemoteHost, fence: Fence, signal?: AbortSignal): Promise<void> {
  await fencedScript(host, fence, ':', [], { signal });
}

function translate(host: string, fence: Fence, error: unknown): unknown {
  if (!isHivekeeperError(error, 'CommandFailed')) return error;
  const { code, stderr } = error.details;
  const state = posix.join(fence.home, '.hivekeeper');
  if (code === exits.busy) {
    const message = `${host}: another command has held the lock ${state}/lock for ${lockWait} s. Wait for it, or look with fuser who it is.`;
    return new HivekeeperError('CommandFailed', message, { host, home: fence.home }, { cause: error });
  }
  if (code !== exits.fencedOut) return error;
  const [cluster = '', token = ''] = String(stderr).trim().split('\n').at(-1)?.split(' ') ?? [];
  const own = `${fence.cluster} with token ${fence.token}`;
  const why =
    cluster === fence.cluster
      ? `a newer operation (token ${token}) is at work there; this one is ${own} and must stop`
      : `it belongs to the cluster ${cluster}, not to ${own}. If that is outdated, remove ${state}/fence on the host`;
  const details = { host, expectedCluster: fence.cluster, expectedToken: fence.token, cluster, token: Number(token) };
  return new HivekeeperError('FencedOut', `${host}: ${fence.home} was not changed: ${why}.`, details, { cause: error });
}
