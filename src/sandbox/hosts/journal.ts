import { readFileSync } from 'node:fs';

/** One line of a host's journal: what a stand-in wrote down about itself. */
export interface JournalEntry {
  /** When, in ISO form. */
  readonly at: string;
  /** What happened, e.g. `start`, `stopped`, `recovery-start`. */
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** The journal so far, oldest first. A line that is still being written is left out. */
export function readJournal(file: string): JournalEntry[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map(parseEntry);
}

function parseEntry(line: string): JournalEntry {
  const value: unknown = JSON.parse(line);
  const entry = typeof value === 'object' && value !== null ? { ...value } : {};
  if ('at' in entry && 'event' in entry && typeof entry.at === 'string' && typeof entry.event === 'string') {
    return { ...entry, at: entry.at, event: entry.event };
  }
  throw new Error(`This line of the journal names no event: ${line}`);
}
