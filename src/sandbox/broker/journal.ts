import { appendFileSync } from 'node:fs';

/** What happened to a process, in the words of the host's journal. */
export type JournalEvent =
  | 'start'
  | 'recovery-start'
  | 'ready'
  | 'stop-requested'
  | 'stopped'
  | 'data-move'
  | 'restore'
  | 'handed-over';

/**
 * The journal of a host: one JSON line per event, kept by the stand-in itself, so that a test can see what happened to
 * the process without asking the product. Off unless HIVEMQ_SIM_JOURNAL names a file.
 */
export class Journal {
  constructor(
    private readonly file: string | undefined,
    private readonly facts: Record<string, string | number>,
  ) {}

  write(event: JournalEvent, details: Record<string, string | number> = {}): void {
    if (this.file === undefined) return;
    const line = { at: new Date().toISOString(), event, ...this.facts, ...details };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
