import { type PlanNode, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { nodeOf, type PlanContext, refuse, serves } from './context.js';
import { afterStopStep, closeStep, drainStep, openStep, stopInput } from './traffic.js';
import { windowStep } from './window.js';

/**
 * One pass over the given members, one node at a time: out of new connections, drained, stopped with its data handed
 * over, changed, started, synchronized, back in. Upgrade, restart and a changed spec differ in the change alone.
 */
export function roll(
  context: PlanContext,
  hosts: readonly string[],
  versionOf: (host: string) => string,
  members: readonly string[],
): PlanNode {
  const runs = (host: string): boolean => nodeOf(context, host).process?.running === true;
  return sequence(
    'roll',
    'One node at a time',
    rollOrder(context, hosts).map((host) => rollNode(context, host, versionOf(host), members, runs(host))),
  );
}

/** A node that an interrupted roll left stopped comes first: until it serves, no other may stop. */
export function rollOrder(context: PlanContext, hosts: readonly string[]): string[] {
  const urgency = (host: string): number => {
    if (nodeOf(context, host).process?.running !== true) return 0;
    return serves(context, host) ? 2 : 1;
  };
  return [...hosts].sort((a, b) => urgency(a) - urgency(b));
}

/** Starting dead members with run.sh sets their data aside: with too many of them that is a disaster, not a restart. */
export function refuseLostMembers(context: PlanContext, current: readonly string[]): void {
  const lost = current.filter((host) => !serves(context, host));
  if (lost.length < 2 && !(lost.length === 1 && current.length === 1)) return;
  refuse(
    context,
    `${lost.join(', ')} are not serving; run recoverCluster, or start them by hand if their data is safe`,
  );
}

function rollNode(
  context: PlanContext,
  host: string,
  version: string,
  members: readonly string[],
  runs: boolean,
): PlanNode {
  const swap = `${host}/swap`;
  return sequence(
    `${host}/roll`,
    `Roll ${host}`,
    [
      windowStep(context, host),
      runs ? closeStep(context, host, 'restart', swap) : null,
      runs ? drainStep(context, host, 'restart') : null,
      sequence(
        swap,
        `Restart ${host} on ${version}`,
        [
          runs ? planStep('stopNode', stopInput(context, host, 'restart')) : null,
          runs ? afterStopStep(context, host, 'restart') : null,
          planStep('configureNode', { host, version, members: [...members] }),
          planStep('startNode', { host, version, members: [...members], joins: !runs }),
          // Within the same group: the next plan sees a node that is done, and would not open the gate before it.
          openStep(context, host),
        ],
        { atomic: true, node: host },
      ),
    ],
    { node: host },
  );
}
