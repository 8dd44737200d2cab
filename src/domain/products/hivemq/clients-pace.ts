/** How far a schedule may lag behind and still be made up for; beyond it, lost time stays lost rather than become a rush. */
const madeUpFor = 250;

/** Hands out the moments at which one client after the other is moved. */
export interface Pace {
  /** The moment for the next client; it has passed when the schedule lags behind. */
  take(now: number): number;
}

/**
 * Moments that are `1000 / perSecond()` ms apart, counted from the first one and not from the previous call, so that late
 * timers do not add up to a slower pace. A changed pace holds from the next moment on.
 */
export function createPace(perSecond: () => number): Pace {
  let last: number | null = null;
  return {
    take(now) {
      const due = Math.max(last === null ? now : last + 1000 / perSecond(), now - madeUpFor);
      last = due;
      return due;
    },
  };
}
