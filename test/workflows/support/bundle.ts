import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

let made: Promise<string> | undefined;

/** The workflows as a worker runs them, bundled once for a test file. */
export function workflowBundle(): Promise<string> {
  made ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../src/workflows/index.ts', import.meta.url)),
    preloadModules: ['zod'],
    ignoreModules: ['croner'],
    logger: new DefaultLogger('WARN'),
  }).then(({ code }) => code);
  return made;
}
