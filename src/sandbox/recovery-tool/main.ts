import { join } from 'node:path';
import { backupFileName, backupId, writeBackupFile } from '../wire/backup-file.js';
import type { Unit } from '../wire/records.js';
import { parseArguments, UsageError } from './arguments.js';
import { recover } from './recover.js';

/** The version that the tool writes into the file's name; live import needs at least 4.9.0. */
const version = '4.30.0';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function run(args: readonly string[]): number {
  const asked = parseArguments(args);
  say(`Starting HiveMQ Recovery Tool with ${asked.imports.length} data folders`);
  const recovered = recover(asked.imports, say);
  for (const problem of recovered.problems) process.stderr.write(`WARN: ${problem}\n`);
  if (recovered.failed === asked.imports.length) {
    process.stderr.write('ERROR: No data folder could be read. Nothing was exported.\n');
    return 1;
  }
  const alive = [...recovered.units.values()].filter((unit) => !unit.session.deleted);
  const units: Unit[] = asked.sessionsOnly ? alive.map((unit) => ({ ...unit, queue: [] })) : alive;
  const retained = asked.sessionsOnly ? [] : [...recovered.retained.values()].filter((item) => !item.deleted);
  const id = backupId(new Date());
  const file = join(asked.export, backupFileName(id, version));
  const bytes = writeBackupFile(file, id, version, { units, retained });
  const subscriptions = units.reduce((sum, unit) => sum + unit.session.subscriptions.length, 0);
  const queued = units.reduce((sum, unit) => sum + unit.queue.length, 0);
  say(
    `Exported ${units.length} sessions, ${subscriptions} subscriptions, ${queued} queued messages, ${retained.length} retained messages`,
  );
  say(`Finished export to ${file} (${bytes} bytes)`);
  return 0;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`ERROR: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
