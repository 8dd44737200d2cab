/** The program `hivekeeper`: importing this file runs it. What it runs is in program.ts. */
import { processIo } from './io.js';
import { run } from './program.js';

process.exitCode = await run(process.argv.slice(2), processIo());
