import { setTimeout as delay } from 'node:timers/promises';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { NodeObservation } from '../../../domain/observation/index.js';
import { isServing } from '../../../domain/checks/index.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import type { StepContext } from '../step-context.js';

/** Milliseconds between two looks. */
const lookEvery = 1_000;
/**
 * Milliseconds for which a node may serve as a cluster of its own before it counts as one that does not join. Discovery
 * looks again every 30 s where an extension does it (HiveMQ extension SDK, "Cluster Discovery").
 */
const aloneFor = 40_000;
/** Milliseconds for which a process may neither answer nor write to its log. */
const silentFor = 10 * 60_000;

/**
 * Watches a start that has no natural end: one that serves alone, or hangs. Never returns.
 * @throws HivekeeperError BrokerStartFailed
 */
export async function withoutJoining(context: StepContext, host: string, members: readonly string[]): Promise<never> {
  const since = { alone: null as number | null, silent: null as number | null };
  let log = -1;
  for (;;) {
    await delay(lookEvery, undefined, { signal: context.signal });
    const { nodes } = await observeCluster(context.session, { withClients: false, signal: context.signal });
    const node = nodes.find((one) => one.host === host);
    if (!node?.reachable) continue;
    const others = nodes.filter((one) => one.host !== host && members.includes(one.host));
    since.alone = isAlone(node, others) ? (since.alone ?? Date.now()) : null;
    if (since.alone !== null && Date.now() - since.alone > aloneFor) throw failure(host, aloneText(others));
    const size = await context.session.driver.logEnd(await context.driven(host));
    const silent = node.process?.running === true && node.view === null && size === log;
    since.silent = silent ? (since.silent ?? Date.now()) : null;
    log = size;
    if (since.silent !== null && Date.now() - since.silent > silentFor)
      throw failure(host, `its process neither answers nor writes to its log for ${silentFor / 60_000} minutes`);
  }
}

/** It serves, exchanges nothing, and sees nobody of those who serve together. */
function isAlone(node: NodeObservation, others: readonly NodeObservation[]): boolean {
  const serving = others.filter(isServing);
  if (!isServing(node) || node.synchronizing !== null || serving.length === 0) return false;
  return serving.every(
    ({ view }) =>
      node.view?.members.includes(view?.nodeId ?? '') === false && !view?.members.includes(node.view.nodeId),
  );
}

const aloneText = (others: readonly NodeObservation[]): string =>
  `it serves as a cluster of its own for ${aloneFor / 1000} s, and ${others
    .filter(isServing)
    .map(({ host }) => host)
    .join(', ')} do not see it`;

const failure = (host: string, why: string): HivekeeperError =>
  new HivekeeperError('BrokerStartFailed', `${host}: the broker did not come up as a member: ${why}`, {
    host,
    line: why,
  });
