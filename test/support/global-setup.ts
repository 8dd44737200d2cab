import type { TestProject } from 'vitest/node';
import { ensureVersitygw } from '../../src/sandbox/services/index.js';
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
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const program = await ensureTemporalProgram({ log });
  // Where it cannot be had, the tests that need it are left out by name, or fail in CI.
  await ensureVersitygw({}, log).catch((error: unknown) => log(String(error)));
  project.provide('temporalProgram', program);
}
