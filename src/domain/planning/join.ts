import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { nodeOf, type PlanContext } from './context.js';
import { openStep } from './traffic.js';

/** Brings a package to each host that lacks it; nothing is disturbed, so all at once. */
export function installOn(context: PlanContext, hosts: readonly string[], version: string): PlanNode | null {
  const lacking = hosts.filter((host) => !nodeOf(context, host).installed.includes(version));
  if (lacking.length === 0) return null;
  return parallel(
    'install',
    `Install ${version}`,
    lacking.map((host) => planStep('installPackage', { host, version })),
    { limit: 10 },
  );
}

/** Configures and starts one new node, then `after`. Begun, it is finished: a half-joined node is no safe point. */
export function bringUp(
  host: string,
  version: string,
  members: readonly string[],
  after: readonly PlanNode[] = [],
): PlanNode {
  return sequence(
    `${host}/up`,
    `Bring up ${host}`,
    [
      planStep('configureNode', { host, version, members: [...members] }),
      planStep('startNode', { host, version, members: [...members], joins: true }),
      ...after,
    ],
    { atomic: true, node: host },
  );
}

/**
 * One spare joins a running cluster: the old members' files name it before it starts, so that a restart of any of
 * them in between cannot form a cluster without it.
 */
export function joinRunning(context: PlanContext, host: string, version: string, before: readonly string[]): PlanNode {
  const members = [...before, host];
  return sequence(`${host}/join`, `${host} joins`, [
    parallel(
      `${host}/announce`,
      `Announce ${host}`,
      before.map((other) => planStep('updateMembers', { host: other, members }, { as: `updateMembers-${host}` })),
      { limit: 10 },
    ),
    // Opened within the same group: a cancel in between would leave a member that no client ever reaches.
    bringUp(host, version, members, [openStep(context, host)]),
  ]);
}
