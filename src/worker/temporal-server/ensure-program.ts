import { cacheFolders } from '../programs/find.js';
import { GoInstallFailed, goInstall, GoNotRun } from '../programs/go-install.js';
import { findTemporalProgram, type ProgramPlaces, PROGRAM_VARIABLE } from './find-program.js';
import { TemporalServerError } from './program-error.js';

/**
 * The module that is built. Later tags carry a `replace` line in their go.mod, which `go install module@version`
 * refuses; this one holds server 1.29.1 with UI 2.42.1.
 */
const TEMPORAL_CLI_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

const REPORT_EVERY_MS = 15_000;

export interface EnsureProgramOptions extends ProgramPlaces {
  /** Told what happens when it takes long: one line at the start of a build and one every 15 seconds. */
  readonly log?: (line: string) => void;
}

/**
 * Finds the Temporal CLI program (see {@link findTemporalProgram}) or builds it once into the project's cache with the
 * Go tool chain, which takes about two minutes.
 *
 * The SDK can download the program as well, but only through `@temporalio/testing`, which is no dependency at run
 * time; who prefers that download points HIVEKEEPER_TEMPORAL_CLI at its result.
 *
 * @throws TemporalServerError when there is neither a program nor a Go tool chain, or the build fails
 */
export async function ensureTemporalProgram(options: EnsureProgramOptions = {}): Promise<string> {
  const found = await findTemporalProgram(options);
  if (found !== undefined) return found;
  const folder = cacheFolders(options)[0];
  if (folder === undefined) throw new TemporalServerError('There is no folder to build the Temporal CLI in.');
  return build(folder, options.env ?? process.env, options.log ?? (() => undefined));
}

async function build(folder: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<string> {
  const started = Date.now();
  log(`No Temporal CLI found: building ${TEMPORAL_CLI_MODULE} with Go, once (about two minutes) ...`);
  const timer = setInterval(() => {
    log(`  still building the Temporal CLI, ${Math.round((Date.now() - started) / 1000)} s`);
  }, REPORT_EVERY_MS);
  try {
    const program = await goInstall({ go: 'go', module: TEMPORAL_CLI_MODULE, name: 'temporal', folder, env });
    log(`Built ${program} in ${Math.round((Date.now() - started) / 1000)} s.`);
    return program;
  } catch (error) {
    if (error instanceof GoInstallFailed) throw new TemporalServerError(error.message);
    if (!(error instanceof GoNotRun)) throw error;
    const why = `There is no Temporal CLI here and Go could not be run to build it (${error.message}).`;
    const remedy = `Install it (https://docs.temporal.io/cli) or Go, or let ${PROGRAM_VARIABLE} name the program.`;
    throw new TemporalServerError(`${why} ${remedy}`);
  } finally {
    clearInterval(timer);
  }
}
