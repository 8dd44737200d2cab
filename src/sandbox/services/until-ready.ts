import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../../worker/temporal-server/server-process.js';
import { ServiceError } from './service-error.js';

const POLL_MS = 20;

/**
 * Returns once the condition holds.
 *
 * @param what how the server is named in errors
 * @throws ServiceError when the program ends before that (with what it said) or does not get there in time
 */
export async function untilReady(
  what: string,
  server: ServerProcess,
  ready: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const state: { lastWords?: string } = {};
  void server.ended.then((words) => {
    state.lastWords = words;
  });
  const deadline = Date.now() + withinMs;
  for (;;) {
    const isReady = await ready();
    // Asked after the answer: another program may have the address, and ours have ended because of that.
    if (state.lastWords !== undefined) throw new ServiceError(`${what} ended at its start: ${state.lastWords}`);
    if (isReady) return;
    if (Date.now() > deadline) throw new ServiceError(`${what} was not ready in ${withinMs} ms.`);
    await sleep(POLL_MS);
  }
}
