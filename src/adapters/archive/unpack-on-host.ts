import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { RemoteHost } from '../ports/index.js';
import type { ArchiveLimits } from './archive-items.js';
import { archiveToTar } from './archive-kind.js';
import { markerName } from './pack-tar.js';

export interface UnpackOptions {
  readonly asUser?: string;
  /** SHA-256 of the archive, where it is known already; computed otherwise. */
  readonly sha256?: string;
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal;
  /** Milliseconds; default one hour. */
  readonly timeout?: number;
}

const probeProgram = `
if [ -f "$1/${markerName}" ] && [ "$(cat -- "$1/${markerName}")" = "$2" ]; then echo there
elif [ -e "$1" ] || [ -L "$1" ]; then echo other
else echo none; fi`;

/** Partial folders of an hour ago belong to nobody any more. */
const unpackProgram = `
target=$1 sum=$2 partial="$1.partial-$3"
parent=$(dirname -- "$target")
mkdir -p -- "$parent" || exit 1
find "$parent" -maxdepth 1 -name "$(basename -- "$target").partial-*" -mmin +60 -exec rm -rf -- {} +
trap 'rm -rf -- "$partial"' EXIT
trap 'exit 1' HUP INT TERM
umask 022
mkdir -- "$partial" && tar -x -p --no-same-owner -f - -C "$partial" || exit 1
[ "$(cat -- "$partial/${markerName}" 2>/dev/null)" = "$sum" ] || { echo 'the archive did not arrive whole' >&2; exit 1; }
sync -f -- "$partial" || exit 1
arrived() { [ "$(cat -- "$target/${markerName}" 2>/dev/null)" = "$sum" ]; }
arrived && exit 0
# Somebody else may have brought the same in between: then theirs is as good as ours.
mv -T -- "$partial" "$target" || arrived`;

/**
 * Unpacks a .zip or .tar.gz of the worker into a folder of a host, which appears whole, with the permissions of the archive and
 * without its top folder. A folder that came from the same archive is left alone; any other is never touched.
 * @throws UnsafeArchive, InvalidInput when something else has the folder's name
 */
export async function unpackOnHost(
  host: RemoteHost,
  archivePath: string,
  targetDir: string,
  options: UnpackOptions = {},
): Promise<'unpacked' | 'unchanged'> {
  const { asUser, signal, timeout = 3_600_000 } = options;
  const sha256 = options.sha256 ?? (await hashOf(archivePath));
  const probe = await host.script(probeProgram, [targetDir, sha256], { asUser, signal });
  const found = probe.stdout.trim();
  if (found === 'there') return 'unchanged';
  if (found === 'other') {
    const message = `${host.name}: ${targetDir} exists and was not unpacked from the archive with the SHA-256 ${sha256}. Move it away if it is not needed.`;
    throw new HivekeeperError('InvalidInput', message, { host: host.name, targetDir, sha256 });
  }
  const tar = await archiveToTar(archivePath, sha256, options.limits);
  const refused = new Promise<unknown>((resolve) => tar.once('error', resolve));
  try {
    const token = randomBytes(6).toString('hex');
    const argv = ['sh', '-c', unpackProgram, 'sh', targetDir, sha256, token] as const;
    await host.run({ argv, stdin: tar, asUser, timeout }, signal);
    return 'unpacked';
  } catch (error) {
    // Where the archive broke off, the host only saw that something was missing.
    const reason = tar.errored ? await refused : null;
    throw isHivekeeperError(reason, 'UnsafeArchive') ? reason : error;
  } finally {
    tar.destroy();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
