import type { Clock } from './clock.js';
import type { Member } from './context.js';

/** What must be added to a time of this host to get the worker's, in milliseconds; exact to about a round trip. */
export async function hostClockOffset({ host }: Member, clock: Clock, signal: AbortSignal): Promise<number> {
  const before = clock.now();
  const { stdout } = await host.script('date +%s%N', [], { signal });
  const after = clock.now();
  // `%N` is nine digits where it is known.
  const digits = /^\d+/.exec(stdout.trim())?.[0] ?? '';
  const theirs = digits.length > 12 ? Number(digits.slice(0, 13)) : Number(digits) * 1000;
  return theirs > 0 ? Math.round((before + after) / 2 - theirs) : 0;
}
