import { cacheFolders, inFolders } from '../../worker/programs/find.js';
import { GoInstallFailed, goInstall, GoNotRun } from '../../worker/programs/go-install.js';
import { findProgram, type Places, searchPath } from './find-program.js';
import { ServiceError } from './service-error.js';

/** The S3 server that tests and demo run; pinned, because its answers are what errors are told apart by. */
const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const WANTED = { name: 'versitygw', variable: 'HIVEKEEPER_VERSITYGW' } as const;

/** How to get it by hand. */
export const VERSITYGW_INSTALL = `go install ${MODULE}`;

/** The installed S3 server, or undefined. @throws ServiceError when HIVEKEEPER_VERSITYGW names no program */
export function findVersitygw(places: Places = {}): Promise<string | undefined> {
  return findProgram(WANTED, places);
}

/**
 * Finds the S3 server, or builds it once into the project's cache with the Go tool chain, in about a minute.
 *
 * @throws ServiceError when there is neither the program nor Go, or the build fails
 */
export async function ensureVersitygw(
  places: Places = {},
  log: (line: string) => void = () => undefined,
): Promise<string> {
  const found = await findVersitygw(places);
  if (found !== undefined) return found;
  const go = await inFolders('go', searchPath(places));
  const folder = cacheFolders(places)[0];
  if (go === undefined || folder === undefined) {
    throw new ServiceError(
      `There is no S3 server here and no Go to build it. Install Go and run ${VERSITYGW_INSTALL}, ` +
        `or let ${WANTED.variable} name the program.`,
    );
  }
  log(`No S3 server found: building ${MODULE} with Go, once (about a minute) ...`);
  const program = await build(go, folder, places.env ?? process.env);
  log(`Built ${program}.`);
  return program;
}

async function build(go: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return await goInstall({ go, module: MODULE, name: WANTED.name, folder, env });
  } catch (error) {
    if (error instanceof GoInstallFailed) throw new ServiceError(error.message);
    if (error instanceof GoNotRun) throw new ServiceError(`${go} could not be run: ${error.message}`);
    throw error;
  }
}
