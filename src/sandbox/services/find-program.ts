import { homedir } from 'node:os';
import path from 'node:path';
import {
  cacheFolders,
  goBinFolders as askGo,
  inFolders,
  isExecutable,
  pathFolders,
} from '../../worker/programs/find.js';
import { ServiceError } from './service-error.js';

/** Where programs are looked for. */
export interface Places {
  /** Environment that is read for the program's variable, PATH and HOME. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Folder of the project whose `.hivekeeper/cache` counts as a place. Default: the current folder. */
  readonly projectFolder?: string | undefined;
  /** Folders beside PATH that count as if they were on it. Default: where Debian keeps servers, and Go's own installer puts Go. */
  readonly systemFolders?: readonly string[] | undefined;
}

/** A program that is needed, and the variable by which a user may name it. */
export interface Wanted {
  readonly name: string;
  readonly variable: string;
}

/** A log-in shell of an ordinary user has the folders of servers not on its PATH, and nobody puts Go there for you. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'];

/**
 * Looks for a program: the one that its variable names, else the one on PATH or in a folder of the system, else in the
 * caches of the project and the user, else where `go install` puts programs.
 *
 * @returns its absolute path, or undefined when there is none
 * @throws ServiceError when the variable names something that is no program
 */
export async function findProgram({ name, variable }: Wanted, places: Places = {}): Promise<string | undefined> {
  const env = places.env ?? process.env;
  const named = env[variable];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return path.resolve(named);
    throw new ServiceError(`${variable} names ${named}, which is not an executable file.`);
  }
  const usual = [...searchPath(places), ...cacheFolders(places)];
  return (await inFolders(name, usual)) ?? (await inFolders(name, await goBinFolders(places)));
}

/** The absolute folders of PATH, and after them those of the system. */
export function searchPath({ env = process.env, systemFolders = SYSTEM_FOLDERS }: Places): string[] {
  return [...pathFolders(env), ...systemFolders];
}

async function goBinFolders(places: Places): Promise<string[]> {
  const env = places.env ?? process.env;
  const go = await inFolders('go', searchPath(places));
  const told = go === undefined ? [] : await askGo(go, env);
  return [...told, path.join(env['HOME'] ?? homedir(), 'go', 'bin')];
}
