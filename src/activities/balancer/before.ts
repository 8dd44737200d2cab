import { posix } from 'node:path';
import type { RenderedBalancer } from '../../render/haproxy/index.js';
import type { BalancerTarget } from './target.js';

/** Everything that a change may touch, configuration last. */
function pathsOf({ home, files, secretFiles, contents }: RenderedBalancer): string[] {
  return [...contents, ...secretFiles, ...files].map(({ path }) => posix.join(home, path));
}

/** What an attempt before this one kept is what was there; it may have been cut off half-way. */
const keep = `
for file in "$@"; do
  if [ -f "$file" ] && [ ! -e "$file.before" ]; then cp -p -- "$file" "$file.before" || exit 1; fi
done`;

const putBack = `
for file in "$@"; do
  if [ -e "$file.before" ]; then mv -f -- "$file.before" "$file" || exit 1; fi
done`;

const forget = 'for file in "$@"; do rm -f -- "$file.before"; done';

/** Changes files of the balancer; what was there comes back when HAProxy does not take them. */
export async function withBefore<Result>(target: BalancerTarget, change: () => Promise<Result>): Promise<Result> {
  const { host, user, rendered, signal } = target;
  const paths = pathsOf(rendered);
  await host.script(keep, paths, { asUser: user, signal });
  let result: Result;
  try {
    result = await change();
  } catch (error) {
    // A step that is cancelled puts it back by the next attempt of whoever comes.
    if (!signal.aborted) await host.script(putBack, paths, { asUser: user });
    throw error;
  }
  await host.script(forget, paths, { asUser: user, signal });
  return result;
}
