import path from 'node:path';
import { cacheFolders, goBinFolders, inFolders, isExecutable, pathFolders } from '../programs/find.js';
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
  return (
    (await inFolders('temporal', [...pathFolders(env), ...cacheFolders(places)])) ??
    (await inFolders('temporal', await goBinFolders('go', env)))
  );
}
