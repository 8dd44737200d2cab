import { Cron } from 'croner';

const second = 1000;
const minute = 60 * second;

/** When a window opens, and for how long. */
export interface RecurringWindow {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA time zone of `cron`. */
  readonly timeZone: string;
  /** Milliseconds for which it stays open. */
  readonly duration: number;
}

/**
 * The moments at which a window opens, by the clocks of its time zone. One that the change to summer time leaves out
 * opens at the end of the hour that is missing; one that the change back repeats opens the first time only.
 */
export class OpeningTimes {
  private readonly cron: Cron;

  /** @throws TypeError or RangeError of croner for an expression that it does not know */
  constructor({ cron, timeZone }: Pick<RecurringWindow, 'cron' | 'timeZone'>) {
    this.cron = new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
  }

  /** The first one after a moment; null where there never is one. */
  after(moment: Date): Date | null {
    return this.cron.nextRun(moment);
  }

  /** The last one at a moment or before it; null where there was none. */
  notAfter(moment: Date): Date | null {
    // Openings lie on whole minutes, and what comes before a moment leaves out that very moment.
    const begun = Math.floor(moment.getTime() / minute) * minute;
    return this.cron.previousRuns(1, new Date(begun + second))[0] ?? null;
  }
}
