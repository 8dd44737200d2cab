import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { literal, oneOf, parseAs, record, text } from './guards.js';
import { isRetained, isUnit, type Retained, type Unit } from './records.js';

/** What a backup holds. */
export interface Backup {
  units: Unit[];
  retained: Retained[];
}

const isHeader = record({ format: literal('hivemq-backup-1'), version: text, id: text });
const isLine = oneOf(record({ unit: isUnit }), record({ retained: isRetained }));

/** `yyyyMMdd-HHmmss` in UTC: a backup's id and folder (example of the vendor's documentation: 20220827-155127). */
export function backupId(at: Date): string {
  const digits = at.toISOString().replace(/[-:T]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}

/** `<id>.hivemq-<version>.backup`, as in the vendor's recovery quick start guide. */
export function backupFileName(id: string, version: string): string {
  return `${id}.hivemq-${version}.backup`;
}

/** `<backup folder>/<id>/<id>.hivemq-<version>.backup`. */
export function backupPath(folder: string, id: string, version: string): string {
  return join(folder, id, backupFileName(id, version));
}

/** Writes a backup file whole or not at all; answers its size in bytes. */
export function writeBackupFile(file: string, id: string, version: string, backup: Backup): number {
  const lines = [
    JSON.stringify({ format: 'hivemq-backup-1', version, id }),
    ...backup.units.map((unit) => JSON.stringify({ unit })),
    ...backup.retained.map((retained) => JSON.stringify({ retained })),
  ];
  const bytes = gzipSync(lines.join('\n'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
  return bytes.length;
}

/** @throws when the file is not a whole backup */
export function readBackupFile(file: string): Backup {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  if (header === undefined || parseAs(isHeader, header) === undefined) throw new Error(`${file} is not a backup file.`);
  const backup: Backup = { units: [], retained: [] };
  for (const line of lines) {
    const entry = parseAs(isLine, line);
    if (entry === undefined) throw new Error(`${file} has an entry that cannot be read.`);
    if ('unit' in entry) backup.units.push(entry.unit);
    else backup.retained.push(entry.retained);
  }
  return backup;
}
