import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import type { RemoteHost } from '../../ports/index.js';

/** A node's home as its data is kept in it. */
export interface DataHome {
  readonly host: RemoteHost;
  readonly home: string;
  readonly user: string;
}

const exits = { otherFilesystem: 81, link: 82, taken: 83 } as const;

/**
 * Moves home/SOURCE to home/TARGET by one rename. A rename between filesystems would be a copy that may end half way, and
 * one of a link would leave the data where it is, so both are refused before anything is touched. With MAKE an empty
 * folder of the same mode takes its place. Where there is nothing to move, a folder of an earlier try that node.json
 * does not name yet is told, so that a caller that was cut off after the rename still learns of it.
 */
const program = `
home=$1 source=$2 target=$3 make=$4 reason=$5
earlier() {
  last=
  for found in "$home"/data-kept/*Z-"$reason"; do
    [ -d "$found" ] || continue
    grep -qsF -- "\"\${found#"$home"/}\"" "$home/.hivekeeper/node.json" || last=\${found#"$home"/}
  done
  echo "$last"
}
[ ! -L "$home/$source" ] || exit ${exits.link}
[ -d "$home/$source" ] && [ -n "$(ls -A -- "$home/$source")" ] || { earlier; exit 0; }
mkdir -p -- "$home/data-kept" || exit 1
[ "$(stat -c %d -- "$home/$source")" = "$(stat -c %d -- "$home/data-kept")" ] || exit ${exits.otherFilesystem}
[ ! -e "$home/$target" ] || exit ${exits.taken}
mode=$(stat -c %a -- "$home/$source") || exit 1
mv -T -n -- "$home/$source" "$home/$target" || exit 1
[ ! -e "$home/$source" ] && [ -d "$home/$target" ] || exit 1
if [ "$make" = make ]; then mkdir -m "$mode" -- "$home/$source" || exit 1; fi
sync -- "$home/data-kept" "$home" 2>/dev/null
echo "$target"`;

/** `20260131T120000123Z`: sorts by time and is a plain file name. */
const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:.]/g, '');

async function move(
  { host, home, user }: DataHome,
  source: string,
  reason: string,
  at: number,
): Promise<string | null> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/.test(reason)) {
    throw new HivekeeperError('InvalidInput', `${host.name}: "${reason}" cannot be part of a folder's name`);
  }
  const target = `data-kept/${stamp(at)}-${reason}`;
  const make = source === 'data' ? 'make' : 'leave';
  try {
    const { stdout } = await host.script(program, [home, source, target, make, reason], { asUser: user });
    return stdout.trim() || null;
  } catch (error) {
    throw refusal(host.name, home, source, error);
  }
}

function refusal(host: string, home: string, source: string, error: unknown): unknown {
  if (!isHivekeeperError(error, 'CommandFailed')) return error;
  const { code } = error.details;
  const reasons: Readonly<Record<number, string>> = {
    [exits.otherFilesystem]:
      'lies on another filesystem than the home, so that it cannot be moved by a rename. Mount the filesystem at the home instead',
    [exits.link]: 'is a symbolic link, so that a rename would not move the data. Put the home where the data shall lie',
    [exits.taken]: 'was moved within the same millisecond. Try again',
  };
  const reason = typeof code === 'number' ? reasons[code] : undefined;
  if (reason === undefined) return error;
  const message = `${host}: ${home}/${source} ${reason}; nothing was changed.`;
  return new HivekeeperError(
    'CheckFailed',
    message,
    { check: 'data-kept', host, path: `${home}/${source}` },
    { cause: error },
  );
}

/**
 * Moves the copy that the previous start left in data/cluster-backup aside, because a start keeps one copy only.
 * @returns where it lies now, relative to home; null when there was none
 * @throws CheckFailed when it cannot be moved by a rename
 */
export function keepBackupCopy(place: DataHome, at: number): Promise<string | null> {
  return move(place, 'data/cluster-backup', 'cluster-backup', at);
}

/**
 * Moves the data folder of a stopped node aside; an empty one takes its place.
 * @param reason part of the new name, e.g. `retired`
 * @returns where it lies now, relative to home; null when there was no data
 * @throws CheckFailed when it cannot be moved by a rename
 */
export function moveDataAside(place: DataHome, reason: string, at: number): Promise<string | null> {
  return move(place, 'data', reason, at);
}
