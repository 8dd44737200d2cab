import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FleetEvent } from './events.js';

/** Everything that the clients wrote down. */
export interface FleetLog {
  add(event: FleetEvent): void;
  /** Oldest first. */
  events(): readonly FleetEvent[];
  /** Events that no longer are in memory, because the log was full; the file has them. */
  readonly forgotten: number;
  close(): Promise<void>;
}

/** About half an hour of the demo's traffic. */
const CAPACITY = 300_000;

/**
 * @param file gets every event as a line of JSON. Default: none
 * @param capacity how many events are kept in memory
 */
export function createFleetLog(file?: string, capacity = CAPACITY): FleetLog {
  let kept: FleetEvent[] = [];
  let forgotten = 0;
  if (file !== undefined) mkdirSync(path.dirname(file), { recursive: true });
  const stream = file === undefined ? undefined : createWriteStream(file, { flags: 'w' });
  // A full disk must not end the clients; the memory is what is judged.
  stream?.on('error', () => undefined);
  return {
    add(event) {
      kept.push(event);
      if (kept.length > capacity) {
        const half = Math.ceil(capacity / 2);
        forgotten += kept.length - half;
        kept = kept.slice(-half);
      }
      if (stream?.writable === true) stream.write(`${JSON.stringify(event)}\n`);
    },
    events: () => kept,
    get forgotten() {
      return forgotten;
    },
    close: () =>
      new Promise((resolve) => {
        if (stream === undefined || stream.destroyed) resolve();
        else stream.end(() => resolve());
      }),
  };
}
