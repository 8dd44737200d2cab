import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Folders where Debian keeps the programs of administrators; they are not on every user's PATH. */
const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The absolute path of a program of this machine, or undefined where it is not installed. */
export function programPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of [...folders, ...ADMIN_FOLDERS]) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
