import { posix } from 'node:path';
import { unpackOnHost } from '../../../adapters/archive/index.js';
import { keepAside } from '../before/kept-state.js';
import type { Target } from './target.js';
import { withRoom } from './with-room.js';

/** An extension's folder as it lies on a host. */
export interface FoundExtension {
  readonly there: boolean;
  readonly enabled: boolean;
  /** SHA-256 of the archive that it came from; null for one that no archive of a spec brought. */
  readonly archive: string | null;
}

const lookProgram = `
home=$1
shift
for id; do
  folder=$home/extensions/$id there=no enabled=yes sum=-
  [ ! -d "$folder" ] || there=yes
  [ ! -e "$folder/DISABLED" ] || enabled=no
  [ ! -f "$folder/.hivekeeper-archive" ] || read -r sum <"$folder/.hivekeeper-archive"
  printf '%s %s %s %s\\n' "$id" "$there" "$enabled" "$sum"
done`;

export async function lookAtExtensions(
  { host, home, user, signal }: Target,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FoundExtension>> {
  if (ids.length === 0) return new Map();
  const { stdout } = await host.script(lookProgram, [home, ...ids], { asUser: user, signal });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [id = '', there, enabled, sum] = line.split(' ');
        const archive = sum === undefined || sum === '-' ? null : sum;
        return [id, { there: there === 'yes', enabled: enabled === 'yes', archive }] as const;
      }),
  );
}

const unpackedAt = (home: string): string => posix.join(home, '.hivekeeper/unpacked');

/** A folder whose `conf` was being merged when that was cut off is unpacked anew. */
const dropMergingProgram = `[ ! -e "$1/.hivekeeper-merging" ] || rm -rf -- "$1"`;

/** Unpacks an archive beside the extensions, whole or not at all. @returns the folder @throws UnsafeArchive, DiskFull */
export async function unpackExtension(
  target: Target,
  id: string,
  { file, sha256 }: { readonly file: string; readonly sha256: string },
): Promise<string> {
  const { host, home, user, signal } = target;
  const fresh = posix.join(unpackedAt(home), `${id}-${sha256.slice(0, 16)}`);
  await host.script(dropMergingProgram, [fresh], { asUser: user, signal });
  await withRoom(target, `.hivekeeper/unpacked/${id}`, () =>
    unpackOnHost(host, file, fresh, { asUser: user, sha256, signal }),
  );
  return fresh;
}

const copyProgram = `
source=$1/current/extensions/$2 fresh=$3
[ -d "$source" ] || { echo absent; exit 0; }
rm -rf -- "$fresh" && mkdir -p -- "$(dirname -- "$fresh")" && cp -R -- "$source" "$fresh"`;

/** The folder that the broker's package has of an extension, beside the extensions; null where it has none. */
export async function copyBundled({ host, home, user, signal }: Target, id: string): Promise<string | null> {
  const fresh = posix.join(unpackedAt(home), `${id}-bundled`);
  const { stdout } = await host.script(copyProgram, [home, id, fresh], { asUser: user, signal });
  return stdout.trim() === 'absent' ? null : fresh;
}

/** Removes what was unpacked and not used. */
export async function clearUnpacked({ host, home, user, signal }: Target): Promise<void> {
  const argv = ['rm', '-rf', '--', unpackedAt(home), posix.join(home, '.hivekeeper/fetched')] as const;
  await host.run({ argv, asUser: user }, signal);
}

/**
 * Where a change has been begun, the folder of before is kept with it, and what an attempt of that change brought is not.
 * Else the folder is kept aside.
 */
const putAside = `${keepAside}
put_aside() {
  kept=$1/.hivekeeper/before folder=$1/extensions/$2
  if [ ! -e "$folder" ] && [ ! -L "$folder" ]; then return 0; fi
  if [ ! -s "$kept/extensions/$2" ]; then keep_aside "$folder" "$1/.hivekeeper/replaced/$2" "$3"; return; fi
  read -r state <"$kept/extensions/$2"
  if [ "$state" = absent ] || [ -e "$kept/folders/$2" ]; then rm -rf -- "$folder"
  else mkdir -p -- "$kept/folders" && mv -T -- "$folder" "$kept/folders/$2"; fi
}`;

/**
 * The new folder takes the place of the old one. What the old one has in `conf` and the new one has not stays. It comes
 * disabled: its files are laid over it first.
 */
const swapProgram = `${putAside}
home=$1 id=$2 fresh=$3 stamp=$4
target=$home/extensions/$id
mkdir -p -- "$home/extensions" && : >"$fresh/.hivekeeper-merging" || exit 1
if [ -d "$target/conf" ]; then
  mkdir -p -- "$fresh/conf" || exit 1
  tar -c -f - -C "$target/conf" . | tar -x -f - -C "$fresh/conf" --skip-old-files || exit 1
fi
: >"$fresh/DISABLED" && rm -f -- "$fresh/.hivekeeper-merging" && sync -f -- "$fresh" || exit 1
put_aside "$home" "$id" "$stamp" && mv -T -- "$fresh" "$target" && sync -f -- "$target"`;

/** Puts an unpacked folder in its place. The extension is disabled then. */
export async function swapExtension({ host, home, user, signal }: Target, id: string, fresh: string): Promise<void> {
  await host.script(swapProgram, [home, id, fresh, stampOf(new Date())], { asUser: user, signal });
}

const stampOf = (date: Date): string => date.toISOString().replace(/[-:.]/g, '');

const enableProgram = `
file=$1/extensions/$2/DISABLED
if [ "$3" = enabled ]; then [ ! -e "$file" ] || { rm -f -- "$file" && echo changed; }
elif [ ! -e "$file" ]; then : >"$file" && echo changed; fi`;

export async function setEnabled(target: Target, id: string, enabled: boolean): Promise<'changed' | 'unchanged'> {
  const { host, home, user, signal } = target;
  const wanted = enabled ? 'enabled' : 'disabled';
  const { stdout } = await host.script(enableProgram, [home, id, wanted], { asUser: user, signal });
  return stdout.trim() === 'changed' ? 'changed' : 'unchanged';
}

const moveAwayProgram = `${putAside}
put_aside "$1" "$2" "$3"`;

/** Takes an extension that Hivekeeper brought out of the folder that the broker reads. */
export async function moveExtensionAway({ host, home, user, signal }: Target, id: string): Promise<void> {
  await host.script(moveAwayProgram, [home, id, stampOf(new Date())], { asUser: user, signal });
}
