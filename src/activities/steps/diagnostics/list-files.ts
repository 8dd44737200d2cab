/** A file of a node, as the listing has it. */
export interface ListedFile {
  /** Relative to home. */
  readonly path: string;
  readonly bytes: number;
  /** Seconds since 1970 of its last change. */
  readonly changed: number;
}

/** Prints `<kind> <bytes> <seconds> <path>` for each file that may be taken along. Parameter: home. Changes nothing. */
export const listProgram = `
cd "$1" || exit 1
list() { kind=$1; shift; find -L "$@" -type f -exec stat -L -c "$kind %s %Y %n" {} + 2>/dev/null; }
[ -d log ] && list log log -maxdepth 1 -name '*.log'
[ -d conf ] && list config conf -maxdepth 4
[ -d extensions ] && list config extensions -maxdepth 4 \\( -name '*.xml' -o -name '*.properties' -o -name '*.yaml' -o -name '*.yml' -o -name '*.conf' -o -name '*.json' -o -name DISABLED \\)
[ -f .hivekeeper/node.json ] && stat -L -c 'identity %s %Y %n' .hivekeeper/node.json
:`;

/** Reads what `listProgram` prints. A name that could lead out or fool somebody is left out. */
export function readListing(output: string): Readonly<Record<'log' | 'config' | 'identity', readonly ListedFile[]>> {
  const files = { log: [], config: [], identity: [] } satisfies Record<string, ListedFile[]>;
  const listed: Record<keyof typeof files, ListedFile[]> = files;
  for (const line of output.split('\n')) {
    const [, kind, bytes, changed, path] = /^(log|config|identity) (\d+) (\d+) (.+)$/.exec(line) ?? [];
    if (path === undefined || path.startsWith('/') || path.split('/').includes('..') || /\p{Cc}/u.test(path)) continue;
    const file = { path, bytes: Number(bytes), changed: Number(changed) };
    if (kind === 'log' || kind === 'config' || kind === 'identity') listed[kind].push(file);
  }
  return listed;
}

export interface LogPart extends ListedFile {
  /** Bytes that are taken, from the end. */
  readonly take: number;
}

/**
 * What is taken of each log, the newest first. None takes more than half of what is left while others wait, so that one
 * large log does not keep all others out; of one that is not taken whole, it is the end.
 */
export function newestLogs(logs: readonly ListedFile[], most: number): LogPart[] {
  const sorted = [...logs].sort((a, b) => b.changed - a.changed || a.path.localeCompare(b.path));
  let left = most;
  const shares = sorted.map(({ bytes }) => {
    const share = Math.min(bytes, Math.ceil(left / 2));
    left -= share;
    return share;
  });
  return sorted.flatMap((log, index) => {
    const share = shares[index] ?? 0;
    const more = Math.min(log.bytes - share, left);
    left -= more;
    return share + more > 0 ? [{ ...log, take: share + more }] : [];
  });
}
