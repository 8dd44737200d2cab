import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Progress } from '../adapters/ports/index.js';
import { sinceText } from '../domain/events/index.js';
import { type StallNews, StallWatch } from './stall-watch.js';

/** Shorter than a quarter of the steps' heartbeat timeout, so that a busy event loop is not taken for a dead worker. */
const beatEvery = 1000;

/** What a heart tells besides the line of the moment. */
export interface HeartOptions {
  /** The step that beats, so that its line is shown at its row. */
  readonly stepId: string;
  /** Milliseconds without another line after which the step is said to stall. */
  readonly stallAfter: number;
  readonly onStall: (news: NonNullable<StallNews>) => void;
  /** What the step waits for by its own word, kept for the attempt after this one; null while it waits for nothing. */
  readonly wait: () => unknown;
}

/**
 * Beats while `body` runs and carries what it waits for, so that the UI and the CLI can show it. The first beat goes at
 * once: from it on, a cancellation and a dead worker are noticed.
 */
export async function withHeart<T>(
  waitingFor: string,
  body: (progress: Progress) => Promise<T>,
  options?: HeartOptions,
): Promise<T> {
  let current = waitingFor;
  const watch = options && new StallWatch(current, options.stallAfter, Date.now);
  const beat = (): void => {
    if (!watch) {
      heartbeat({ waitingFor: current });
      return;
    }
    const wait = options.wait();
    const news = watch.look(current, wait !== null);
    if (news) options.onStall(news);
    const still = watch.stall ? ` (unchanged ${sinceText(watch.stall.since, Date.now())})` : '';
    heartbeat({ waitingFor: `${current}${still}`, stepId: options.stepId, ...(wait !== null && { wait }) });
  };
  beat();
  const timer = setInterval(beat, beatEvery);
  try {
    return await body({
      signal: cancellationSignal(),
      report: (text) => {
        current = text;
      },
    });
  } finally {
    clearInterval(timer);
  }
}
