import { pathToFileURL } from 'node:url';
import { inProject, project } from './paths.mjs';
import { StepFailed } from './process.mjs';

/** Finds the Temporal server program, or builds it; the rules are the product's own. */
export async function findTemporal() {
  const module = pathToFileURL(inProject('dist', 'worker', 'temporal-server', 'index.js'));
  const { ensureTemporalProgram } = await import(module.href);
  try {
    return await ensureTemporalProgram({
      projectFolder: project,
      log: (line) => process.stderr.write(`${line}\n`),
    });
  } catch (error) {
    throw error?.name === 'TemporalServerError' ? new StepFailed(error.message) : error;
  }
}
