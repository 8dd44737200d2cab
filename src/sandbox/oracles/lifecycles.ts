import type { Journals, NodeSpan } from './evidence.js';

/** A broker that is coming (from its start until it serves) or going (from the request until its process ends). */
export interface Lifecycle extends NodeSpan {
  readonly kind: 'join' | 'leave';
}

const BEGINS: Readonly<Record<string, Lifecycle['kind']>> = {
  start: 'join',
  'recovery-start': 'join',
  'stop-requested': 'leave',
};
const ENDS: Readonly<Record<string, Lifecycle['kind']>> = { ready: 'join', stopped: 'leave' };

/** Reads from the journals when each broker came and went. One that was killed half-way ends with its next start. */
export function lifecyclesOf(journals: Journals): Lifecycle[] {
  const found: Lifecycle[] = [];
  for (const [node, lines] of journals) {
    let open: { kind: Lifecycle['kind']; from: number } | undefined;
    const close = (to: number): void => {
      if (open) found.push({ node, ...open, to });
      open = undefined;
    };
    for (const { at, event } of lines) {
      const time = Date.parse(at);
      const begins = BEGINS[event];
      if (begins !== undefined) {
        close(time);
        open = { kind: begins, from: time };
      } else if (open !== undefined && ENDS[event] === open.kind) close(time);
    }
    close(Number.POSITIVE_INFINITY);
  }
  return found.sort((one, other) => one.from - other.from);
}
