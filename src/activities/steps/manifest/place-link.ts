import { posix } from 'node:path';
import type { PlacedLink } from '../../../render/node-manifest.js';
import type { Target } from './target.js';

/** What lay at its place as a file is kept beside it, once. */
const linkProgram = `
link=$1 target=$2
[ "$(readlink -- "$link" 2>/dev/null)" != "$target" ] || exit 0
mkdir -p -- "$(dirname -- "$link")" || exit 1
[ ! -f "$link" ] || [ -L "$link" ] || mv -- "$link" "$link.before" || exit 1
ln -s -- "$target" "$link.new.$$" && mv -T -- "$link.new.$$" "$link" && echo written`;

/** Makes a link, by a rename, relative to its own folder: a home that is moved keeps its links. */
export async function placeLink(
  { host, home, user, signal }: Target,
  { path, target }: PlacedLink,
): Promise<'written' | 'unchanged'> {
  const parameters = [posix.join(home, path), posix.relative(posix.dirname(path), target)];
  const { stdout } = await host.script(linkProgram, parameters, { asUser: user, signal });
  return stdout.trim() === 'written' ? 'written' : 'unchanged';
}
