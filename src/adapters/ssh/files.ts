import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { WriteOptions } from '../ports/index.js';
import type { ChannelExit, Input } from './command-channel.js';
import { inlineCommand } from './script.js';

/** Runs a command and fails unless it exits 0 or with one of the expected codes. */
export interface FileRunner {
  readonly name: string;
  runRaw(options: {
    argv: readonly [string, ...string[]];
    stdin?: Input;
    asUser?: string;
    timeout: number;
    limit?: number;
    signal?: AbortSignal;
    expected?: readonly number[];
    onSent?: (bytes: number) => void;
  }): Promise<ChannelExit>;
}

/** Files read in one piece are configuration and state; nothing of that is larger. */
const readLimit = 32 * 1024 * 1024;

/** Exit codes of the programs below; above what sh and the tools use themselves. */
const exits = { incomplete: 65, busy: 75, moved: 76 } as const;

const writeProgram = `
path=$1 mode=$2 sum=$3 temp=$4
if [ -f "$path" ]; then
  have=$(sha256sum <"$path")
  if [ "\${have%% *}" = "$sum" ]; then
    cat >/dev/null
    [ "$(stat -c %a -- "$path")" = "$mode" ] || chmod "$mode" -- "$path" || exit 1
    echo unchanged
    exit 0
  fi
fi
[ ! -d "$path" ] || { echo "$path is a folder" >&2; exit 1; }
mkdir -p -- "$(dirname -- "$path")" || exit 1
trap 'rm -f -- "$temp"' EXIT
trap 'exit 1' HUP INT TERM
umask 077
cat >"$temp" || exit 1
have=$(sha256sum <"$temp")
[ "\${have%% *}" = "$sum" ] || exit ${exits.incomplete}
chmod "$mode" -- "$temp" && sync -- "$temp" && mv -f -- "$temp" "$path" || exit 1
echo written`;

/**
 * Whole or not at all: the content is compared, written beside the file, checked, synced and renamed. After a power
 * failure the old file may be back, which the next look finds; a half one never.
 */
export async function writeRemoteFile(
  host: FileRunner,
  path: string,
  content: string | Buffer,
  options: WriteOptions,
): Promise<'written' | 'unchanged'> {
  const bytes = Buffer.from(content);
  const sum = createHash('sha256').update(bytes).digest('hex');
  const temp = posix.join(posix.dirname(path), `.${posix.basename(path)}.${randomBytes(6).toString('hex')}.new`);
  const result = await host.runRaw({
    argv: inlineCommand(writeProgram, [path, options.mode.toString(8), sum, temp]),
    stdin: bytes,
    asUser: options.asUser,
    timeout: 60_000,
  });
  return result.stdout.toString().trim() === 'unchanged' ? 'unchanged' : 'written';
}

/** The file's text; null only where the host says that there is no such file. */
export async function readRemoteFile(host: FileRunner, path: string, asUser?: string): Promise<string | null> {
  const result = await host.runRaw({
    argv: ['cat', '--', path],
    asUser,
    timeout: 60_000,
    limit: readLimit,
    expected: [1],
  });
  if (result.code === 1) {
    const reason = result.stderr.toString().trim();
    if (/: (No such file or directory|Not a directory)$/.test(reason)) return null;
    throw new HivekeeperError('CommandFailed', `${host.name}: ${path} cannot be read: ${reason}.`, { path });
  }
  if (result.truncated) {
    throw new HivekeeperError('InvalidInput', `${host.name}: ${path} is larger than ${readLimit} bytes.`, { path });
  }
  return result.stdout.toString('utf8');
}

/** Prints \`done\`, or how many bytes of a cut upload are there already. */
const probeProgram = `
path=$1 mode=$2 sum=$3 part=$4
if [ -f "$path" ]; then
  have=$(sha256sum <"$path")
  if [ "\${have%% *}" = "$sum" ]; then
    [ "$(stat -c %a -- "$path")" = "$mode" ] || chmod "$mode" -- "$path" || exit 1
    echo done
    exit 0
  fi
fi
[ ! -d "$path" ] || { echo "$path is a folder" >&2; exit 1; }
if [ -f "$part" ]; then stat -c %s -- "$part"; else echo 0; fi`;

/** The lock is on the partial file itself; whoever waited for it looks whether it still has that name. */
const appendProgram = `
path=$1 mode=$2 sum=$3 part=$4 from=$5
umask 077
mkdir -p -- "$(dirname -- "$path")" || exit 1
exec 9>>"$part" || exit 1
flock -w 30 9 || exit ${exits.busy}
[ "$(stat -L -c %i /proc/self/fd/9)" = "$(stat -c %i -- "$part" 2>/dev/null)" ] || exit ${exits.moved}
[ "$(stat -c %s -- "$part")" = "$from" ] || exit ${exits.moved}
cat >&9 || exit 1
have=$(sha256sum <"$part")
if [ "\${have%% *}" != "$sum" ]; then
  [ "$(stat -c %s -- "$part")" -lt "$6" ] || rm -f -- "$part"
  exit ${exits.incomplete}
fi
chmod "$mode" -- "$part" && sync -- "$part" && mv -f -- "$part" "$path" || exit 1`;

export type UploadOptions = WriteOptions & {
  readonly sha256: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
};

/** Streams a file over one channel. A cut upload leaves a partial file, from whose end the next try goes on. @throws ChecksumMismatch */
export async function uploadFile(
  host: FileRunner,
  localFile: string,
  path: string,
  options: UploadOptions,
): Promise<'written' | 'unchanged'> {
  const { sha256, asUser, signal, onProgress } = options;
  const part = posix.join(posix.dirname(path), `.${posix.basename(path)}.${sha256.slice(0, 16)}.partial`);
  const common = [path, options.mode.toString(8), sha256, part];
  const { size } = await stat(localFile);
  // A second try starts afresh where the rest of an older partial file did not fit; a third would not help.
  for (let attempt = 1; ; attempt += 1) {
    const probe = await host.runRaw({ argv: inlineCommand(probeProgram, common), asUser, signal, timeout: 600_000 });
    const found = probe.stdout.toString().trim();
    if (found === 'done') return 'unchanged';
    const from = Math.min(Number(found), size);
    const result = await host.runRaw({
      argv: inlineCommand(appendProgram, [...common, found, String(size)]),
      stdin: createReadStream(localFile, { start: from, highWaterMark: 256 * 1024 }),
      asUser,
      signal,
      timeout: 0,
      expected: [exits.incomplete, exits.busy, exits.moved],
      onSent: (bytes) => onProgress?.(from + bytes),
    });
    if (result.code === 0) return 'written';
    if (attempt >= 3) throw uploadFailure(host.name, path, sha256, result.code);
  }
}

function uploadFailure(host: string, path: string, sha256: string, code: number): HivekeeperError {
  return code === exits.incomplete
    ? new HivekeeperError(
        'ChecksumMismatch',
        `${host}: ${path} does not have the SHA-256 ${sha256} after its upload. Check the source file and the host's disk.`,
        { host, path, sha256 },
      )
    : new HivekeeperError(
        'CommandFailed',
        `${host}: another upload of ${path} is under way. Try again when it has ended.`,
        {
          host,
          path,
        },
      );
}
