import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inProject } from './paths.mjs';
import { runForeground, StepFailed } from './process.mjs';
import { findTemporal } from './temporal.mjs';
import { runTests } from './tests.mjs';

const USAGE = 'Usage: node scripts/run.mjs demo [options of the demo] | test [options of vitest]\n';

/** @returns {Promise<number>} the exit code */
export async function main([command, ...args]) {
  if (command !== 'demo' && command !== 'test') {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    await ensureInstalled();
    await ensureBuilt();
    const env = { ...process.env, HIVEKEEPER_TEMPORAL_CLI: await findTemporal() };
    if (command === 'test') return await runTests(args, env);
    return await runForeground(process.execPath, [inProject('bin', 'hivekeeper.js'), 'demo', ...args], { env });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
