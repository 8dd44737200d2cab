import { posix } from 'node:path';
import { inspectZip, unpackOnHost } from '../../../adapters/archive/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { Target } from './target.js';

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

/**
 * An archive of an extension is refused where the broker would not load it: its one folder must have the extension's id.
 * @throws UnsafeArchive
 */
export async function inspectExtension(id: string, archive: string): Promise<void> {
  const { topFolder } = await inspectZip(archive);
  if (topFolder === id) return;
  const found = topFolder === null ? 'it has no single top folder' : `its top folder is ${topFolder}`;
  const message = `The archive of the extension ${id} is refused: ${found}, and must be ${id}. Nothing was unpacked. Correct the id in the spec, or the archive.`;
  throw new HivekeeperError('UnsafeArchive', message, { id, topFolder });
}

/** One earlier folder is kept for a look back, and every one that came from somewhere else than a spec. */
const keepAside = `
keep_aside() {
  mkdir -p -- "$2" || return 1
  for old in "$2"/*; do
    [ ! -f "$old/.hivekeeper-archive" ] || rm -rf -- "$old"
  done
  mv -T -- "$1" "$2/$3"
}`;

/**
 * The new folder takes the place of the old one, which is kept aside. What the old one has in \`conf\` and the new one
 * has not stays. It comes disabled: its files are laid over it first.
 */
const swapProgram = `${keepAside}
home=$1 id=$2 fresh=$3 stamp=$4
target=$home/extensions/$id replaced=$home/.hivekeeper/replaced/$id
mkdir -p -- "$home/extensions" || exit 1
: >"$fresh/DISABLED" || exit 1
if [ -e "$target" ] || [ -L "$target" ]; then
  if [ -d "$target/conf" ]; then
    mkdir -p -- "$fresh/conf" || exit 1
    tar -c -f - -C "$target/conf" . | tar -x -f - -C "$fresh/conf" --skip-old-files || exit 1
  fi
  keep_aside "$target" "$replaced" "$stamp" || exit 1
fi
mv -T -- "$fresh" "$target" && sync -f -- "$target"`;

/** Unpacks an archive beside the extensions and puts it in its place. The extension is disabled then. */
export async function swapExtension(target: Target, id: string, archive: string, sha256: string): Promise<void> {
  const { host, home, user, signal } = target;
  const fresh = posix.join(home, '.hivekeeper/unpacked', `${id}-${sha256.slice(0, 16)}`);
  await unpackOnHost(host, archive, fresh, { asUser: user, sha256, signal });
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  await host.script(swapProgram, [home, id, fresh, stamp], { asUser: user, signal });
}

const enableProgram = `
file=$1/extensions/$2/DISABLED
if [ "$3" = enabled ]; then [ ! -e "$file" ] || { rm -f -- "$file" && echo changed; }
else [ -e "$file" ] || { : >"$file" && echo changed; }; fi`;

export async function setEnabled(target: Target, id: string, enabled: boolean): Promise<'changed' | 'unchanged'> {
  const { host, home, user, signal } = target;
  const wanted = enabled ? 'enabled' : 'disabled';
  const { stdout } = await host.script(enableProgram, [home, id, wanted], { asUser: user, signal });
  return stdout.trim() === 'changed' ? 'changed' : 'unchanged';
}

const moveAwayProgram = `${keepAside}
home=$1 id=$2 stamp=$3
target=$home/extensions/$id replaced=$home/.hivekeeper/replaced/$id
[ ! -e "$target" ] || keep_aside "$target" "$replaced" "$stamp"`;

/** Takes an extension that Hivekeeper brought out of the folder that the broker reads. */
export async function moveExtensionAway({ host, home, user, signal }: Target, id: string): Promise<void> {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  await host.script(moveAwayProgram, [home, id, stamp], { asUser: user, signal });
}
