import { setTimeout as delay } from 'node:timers/promises';
import type { DrainRequest } from '../../adapters/ports/index.js';
import { drainRateOf } from '../../domain/operations/index.js';
import { currentRun } from '../record/record-activities.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';

/** Milliseconds between two questions for the wanted pace; each is a query, which leaves nothing in the history. */
const askEvery = 1000;

export const drainNode: StepBody<'drainNode'> = async (context, input) => {
  const { session, progress } = context;
  const { clientsPerSecond, timeout, onTimeout, wills } = session.spec.policy.drain;
  const wanted = await followRate(context, input.host, clientsPerSecond);
  const request: DrainRequest = {
    ...{ clientsPerSecond, timeout, onTimeout, publishWills: wills === 'publish' },
    rate: () => wanted.rate,
  };
  try {
    const node = await context.driven(input.host);
    const result = await session.driver.drain(node, request, progress);
    return `${result.moved} clients moved, ${result.left} left`;
  } finally {
    await wanted.stop();
  }
};

interface WantedRate {
  readonly rate: number;
  stop(): Promise<void>;
}

/** The pace that the operation was told, else the policy's; known before it resolves, so that a retry does not begin at another. */
async function followRate({ session, signal }: StepContext, host: string, policy: number): Promise<WantedRate> {
  const run = currentRun();
  const ended = new AbortController();
  let rate = policy;
  const ask = async (): Promise<void> => {
    const rates = await session.dependencies.records.drainRates(run);
    if (rates !== null) rate = drainRateOf(rates, host) ?? policy;
  };
  await ask();
  const either = AbortSignal.any([signal, ended.signal]);
  const asking = (async (): Promise<void> => {
    const pause = (): Promise<boolean> => delay(askEvery, true, { signal: either }).catch(() => false);
    while (await pause()) await ask();
  })();
  return {
    get rate() {
      return rate;
    },
    async stop() {
      ended.abort();
      await asking;
    },
  };
}
