import { setTimeout as delay } from 'node:timers/promises';
import type { DrivenNode } from '../../../adapters/ports/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { rendererOf } from '../../../render/products/index.js';
import type { Target } from '../manifest/target.js';
import type { StepContext } from '../step-context.js';
import { type Expected, expectedOn, listenerProblems } from './listener-state.js';

const lookEvery = 250;
/** Milliseconds that a broker is given to take up changed stores; HiveMQ looks at them every 10 seconds. */
const patience = 60_000;

/**
 * Waits until every listener serves what its keystore on the host has.
 * @throws HivekeeperError KeyMaterialInvalid when the broker refuses, HandshakeFailed when nothing comes of it in time
 */
export async function untilServed(
  context: StepContext,
  node: DrivenNode,
  target: Target,
  from: number,
): Promise<Expected> {
  const { session, progress, signal } = context;
  const expected = await expectedOn(target, rendererOf(session.spec).listeners(session.spec, node.name));
  const deadline = Date.now() + patience;
  for (;;) {
    const problems = await listenerProblems(node.host, expected, signal);
    if (problems.length === 0) return expected;
    const refusal = await session.driver.storeRefusal(node, from, signal);
    const details = { host: node.name };
    if (refusal !== null) {
      throw new HivekeeperError('KeyMaterialInvalid', `${problems.join('; ')}; its log says: ${refusal}`, details);
    }
    if (Date.now() > deadline) {
      const message = `${problems.join('; ')}, ${patience / 1000} s after its key material was written`;
      throw new HivekeeperError('HandshakeFailed', message, details);
    }
    progress.report(`${node.name}: waiting for its certificates: ${problems.join('; ')}`);
    await delay(lookEvery, undefined, { signal });
  }
}
