import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Progress } from '../adapters/ports/index.js';

/** Shorter than a quarter of the steps' heartbeat timeout, so that a busy event loop is not taken for a dead worker. */
const beatEvery = 1000;

/**
 * Beats while `body` runs and carries what it waits for, so that the UI and the CLI can show it. The first beat goes at
 * once: from it on, a cancellation and a dead worker are noticed.
 */
export async function withHeart<T>(
  waitingFor: string,
  body: (progress: Progress) => Promise<T>,
  stepId?: string,
): Promise<T> {
  let current = waitingFor;
  const beat = (): void => heartbeat({ waitingFor: current, ...(stepId !== undefined && { stepId }) });
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
