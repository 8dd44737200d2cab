import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** A path of the spec as an absolute one: `~` is the home folder, anything relative starts at the spec's folder. */
function absolute(path: string, folder: string, home: string): string {
  if (path === '~') return home;
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : resolve(folder, path);
}

/**
 * Makes every `{ file }` of a spec absolute, wherever it stands, so that what comes after the command line need not
 * know where the spec was. A header may be called `file` and is left alone.
 */
export function resolveLocalFiles(value: unknown, folder: string, home: string = homedir(), parent?: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => resolveLocalFiles(item, folder, home));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]: [string, unknown]): [string, unknown] =>
    key === 'file' && typeof item === 'string' && item !== '' && parent !== 'headers'
      ? [key, absolute(item, folder, home)]
      : [key, resolveLocalFiles(item, folder, home, key)],
  );
  return Object.fromEntries(entries);
}
