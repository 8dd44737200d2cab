import type { TestProject } from 'vitest/node';
import { ensureTemporalProgram } from '../../src/worker/temporal-server/index.js';
import { compileStagePrograms } from './programs.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the Temporal CLI program, found or built once for the whole run. */
    temporalProgram: string;
  }
}

/** Runs once before all test files: what they share must be there, and is named to them. */
export default async function setup(project: TestProject): Promise<void> {
  await compileStagePrograms();
  const program = await ensureTemporalProgram({ log: (line) => process.stderr.write(`${line}\n`) });
  project.provide('temporalProgram', program);
}
