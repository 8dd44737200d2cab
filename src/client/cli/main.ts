/** The program `hivekeeper`: importing this file runs it. What it runs is in program.ts. */
import { processIo } from './io.js';
import { run } from './program.js';

// Whoever reads may stop early, as `head` does: that is no error of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), processIo());
