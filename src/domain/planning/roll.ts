import { type PlanNode, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { nodeOf, type PlanContext } from './context.js';
import { closeStep, drainStep, openStep, stopInput } from './traffic.js';

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
  // A node that an interrupted roll left stopped comes first: until it serves, no other may stop.
  const ordered = [...hosts.filter((host) => !runs(host)), ...hosts.filter(runs)];
  return sequence(
    'roll',
    'One node at a time',
    ordered.map((host) => rollNode(context, host, versionOf(host), members, runs(host))),
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
      runs ? closeStep(context, host, 'restart', swap) : null,
      runs ? drainStep(context, host, 'restart') : null,
      sequence(
        swap,
        `Restart ${host} on ${version}`,
        [
          runs ? planStep('stopNode', stopInput(context, host, 'restart')) : null,
          planStep('configureNode', { host, version, members: [...members] }),
          planStep('startNode', { host, version, members: [...members], joins: !runs }),
        ],
        { atomic: true, node: host },
      ),
      openStep(context, host),
    ],
    { node: host },
  );
}
