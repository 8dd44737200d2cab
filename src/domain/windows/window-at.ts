import { OpeningTimes, type RecurringWindow } from './opening-times.js';

/** The maintenance windows of a cluster at one moment. */
export interface WindowState {
  readonly open: boolean;
  /** ISO time until which the one that closes last stays open; null while none is open. */
  readonly until: string | null;
  /** ISO time at which the next one opens, and the time zone in which people know it; null when none ever does. */
  readonly next: string | null;
  readonly timeZone: string | null;
}

/** Whether a window is open at a moment (its opening counts, its end does not), and when the next one opens after it. */
export function windowAt(windows: readonly RecurringWindow[], now: Date): WindowState {
  const ends = windows.flatMap((window) => endOfOpen(window, now) ?? []);
  const [next] = windows
    .flatMap((window) => {
      const opens = new OpeningTimes(window).after(now);
      return opens === null ? [] : [{ opens, timeZone: window.timeZone }];
    })
    .sort((a, b) => a.opens.getTime() - b.opens.getTime());
  return {
    open: ends.length > 0,
    until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
    next: next?.opens.toISOString() ?? null,
    timeZone: next?.timeZone ?? null,
  };
}

/** Milliseconds since the epoch at which the present opening ends; null while the window is closed. */
function endOfOpen(window: RecurringWindow, now: Date): number | null {
  const opened = new OpeningTimes(window).notAfter(now);
  if (opened === null) return null;
  const end = opened.getTime() + window.duration;
  return end > now.getTime() ? end : null;
}
