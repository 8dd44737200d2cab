import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { TemporalServerError } from './program-error.js';

/** Names the Temporal CLI program to use; everything else is then not looked at. */
export const PROGRAM_VARIABLE = 'HIVEKEEPER_TEMPORAL_CLI';

/** Where the program is looked for. */
export interface ProgramPlaces {
  /** Environment that is read for {@link PROGRAM_VARIABLE}, PATH and HOME. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Folder of the project whose `.hivekeeper/cache` counts as a place. Default: the current folder. */
  readonly projectFolder?: string;
}

/** The folders that may hold a program that an earlier run built, in the order in which they are looked at. */
export function cacheFolders({ env = process.env, projectFolder = process.cwd() }: ProgramPlaces = {}): string[] {
  const home = env['HOME'] ?? homedir();
  return [projectFolder, home].map((folder) => path.join(folder, '.hivekeeper', 'cache', 'bin'));
}

/** Whether the file exists and may be executed by this user. */
async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function goBinFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOBIN', 'GOPATH'], { env });
    const [gobin = '', gopath = ''] = stdout.split('\n');
    const folders = gopath.split(path.delimiter).map((folder) => (folder === '' ? '' : path.join(folder, 'bin')));
    return [gobin, ...folders].filter((folder) => folder !== '');
  } catch {
    return [];
  }
}

/**
 * Looks for the Temporal CLI program: the one named by {@link PROGRAM_VARIABLE}, else `temporal` on PATH, else in the
 * caches, else where `go install` puts programs.
 *
 * @returns its absolute path, or undefined when there is none
 * @throws TemporalServerError when the variable names something that is no program
 */
export async function findTemporalProgram(places: ProgramPlaces = {}): Promise<string | undefined> {
  const env = places.env ?? process.env;
  const named = env[PROGRAM_VARIABLE];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return path.resolve(named);
    throw new TemporalServerError(`${PROGRAM_VARIABLE} names ${named}, which is not an executable file.`);
  }
  const onPath = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of [...onPath, ...cacheFolders(places)]) {
    const file = path.join(folder, 'temporal');
    if (await isExecutable(file)) return file;
  }
  for (const folder of await goBinFolders(env)) {
    const file = path.join(folder, 'temporal');
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
