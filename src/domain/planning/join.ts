import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { nodeOf, type PlanContext } from './context.js';
import { balancerSteps } from './balancer.js';
import { openStep } from './traffic.js';

/**
 * Brings a package to each host that lacks it; nothing is disturbed, so all at once. With a Java that is brought along
 * each host is looked at, so that a changed one is there before any node stops for it.
 */
export function installOn(context: PlanContext, hosts: readonly string[], version: string): PlanNode | null {
  const bringsJava = context.spec.broker.java !== 'system';
  const lacking = hosts.filter((host) => bringsJava || !nodeOf(context, host).installed.includes(version));
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
 * One spare joins a running cluster: where files list the members, those of the old ones name it before it starts, so
 * that a restart of any of them in between cannot form a cluster without it. With dynamic discovery it is found.
 */
export function joinRunning(context: PlanContext, host: string, version: string, before: readonly string[]): PlanNode {
  const members = [...before, host];
  const served = balancerSteps(context, members, { as: host, before });
  return sequence(`${host}/join`, `${host} joins`, [
    context.product.membersInFiles(context.spec)
      ? parallel(
          `${host}/announce`,
          `Announce ${host}`,
          before.map((other) => planStep('updateMembers', { host: other, members }, { as: `updateMembers-${host}` })),
          { limit: 10 },
        )
      : null,
    // Opened within the same group: a cancel in between would leave a member that no client ever reaches.
    // A load balancer hears of it once it serves.
    bringUp(host, version, members, [...(served ? [served] : []), openStep(context, host)]),
  ]);
}
