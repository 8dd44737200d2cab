import { setTimeout as delay } from 'node:timers/promises';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { StepContext } from './step-context.js';

const lookEvery = 250;
const patience = 5 * 60 * 1000;

/** Looks until there is nothing left to wait for; `look` gives what is awaited, or null. @throws BrokerNotSynchronized */
export async function waitFor(context: StepContext, look: () => Promise<string | null>): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const awaited = await look();
    if (awaited === null) return;
    if (Date.now() > deadline) {
      throw new HivekeeperError('BrokerNotSynchronized', `${context.session.spec.name}: still waiting for ${awaited}`);
    }
    context.progress.report(`waiting for ${awaited}`);
    await delay(lookEvery, undefined, { signal: context.signal });
  }
}
