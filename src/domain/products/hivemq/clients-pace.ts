/** How far a schedule may lag behind and still be made up for; beyond it, lost time stays lost rather than become a rush. */
const madeUpFor = 250;

/** Hands out the moments at which one client after the other is moved. */
export interface Pace {
  /** The moment for the next client; it has passed when the schedule lags behind. */
  take(now: number): number;
}

/**
 * Moments that are `1000 / perSecond` ms apart, counted from the first one and not from the previous call, so that late
 * timers do not add up to a slower pace.
 */
export function createPace(perSecond: number): Pace {
  const interval = 1000 / perSecond;
  let next: number | null = null;
  return {
    take(now) {
      const due = Math.max(next ?? now, now - madeUpFor);
      next = due + interval;
      return due;
    },
  };
}
