import { messageOf } from '../errors/index.js';
import { OpeningTimes, type RecurringWindow } from './opening-times.js';

/** What is wrong with a window, by the key that has to change. */
export interface WindowProblem {
  readonly key: keyof RecurringWindow;
  readonly message: string;
}

/** Any moment will do, so long as the same file is judged alike at all times. */
const reference = new Date('2026-01-01T00:00:00Z');
/** Openings that are looked at for one after which the window closes: more than there are minutes in a day. */
const looks = 1500;

/** Why a window could not be kept as it is meant; none where it can. */
export function windowProblems(window: RecurringWindow): WindowProblem[] {
  const { cron, timeZone } = window;
  if (!isTimeZone(timeZone)) {
    const message = `${timeZone} is no time zone that is known here; write an IANA name such as Europe/Berlin or UTC`;
    return [{ key: 'timeZone', message }];
  }
  const fields = cron.trim().split(/\s+/);
  // Names such as @daily, and a ? that stands for the moment of reading, would mean something else at other times.
  if (fields.length !== 5 || /[?@]/.test(cron)) return [{ key: 'cron', message: `is no cron expression: ${form}` }];
  const times = openingTimes(window);
  if (typeof times === 'string') return [{ key: 'cron', message: `is no cron expression: ${times}; ${form}` }];
  if (times.after(reference) === null) {
    return [{ key: 'cron', message: `never opens: no date is ever like ${cron}` }];
  }
  return closes(times, window.duration)
    ? []
    : [{ key: 'duration', message: `is longer than the time until it opens again, so that it would never close` }];
}

const form = 'it needs minute, hour, day of month, month and day of week, such as 0 2 * * SAT';

function openingTimes(window: RecurringWindow): OpeningTimes | string {
  try {
    return new OpeningTimes(window);
  } catch (error) {
    return messageOf(error)
      .replace(/^CronPattern: /, '')
      .replace(/\.$/, '');
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function closes(times: OpeningTimes, duration: number): boolean {
  let opened = times.after(reference);
  for (let look = 0; look < looks && opened !== null; look++) {
    const again = times.after(opened);
    if (again === null || again.getTime() - opened.getTime() > duration) return true;
    opened = again;
  }
  return false;
}
