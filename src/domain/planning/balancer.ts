import type { BalancerObservation } from '../observation/index.js';
import { parallel, type PlanNode } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { findListener } from '../spec/index.js';
import { type PlanContext, refuse } from './context.js';

/**
 * Brings HAProxy on all its hosts to these members; null where nothing differs. `before` are the members that earlier
 * steps of the same plan configure it for, when they are not those that were observed. A host where nothing can be done is
 * skipped: that it sends nobody to a node that stops is what `balancer-capacity` and the gate see to.
 */
export function balancerSteps(
  context: PlanContext,
  members: readonly string[],
  { as, before }: { readonly as?: string; readonly before?: readonly string[] } = {},
): PlanNode | null {
  const balancers = context.balancers ?? [];
  const due = balancers.filter((balancer) => isDue(balancer, members, before));
  if (due.length === 0) return null;
  const suffix = as === undefined ? '' : `-${as}`;
  return parallel(
    `balancer${suffix}`,
    `Have the load balancer serve ${members.join(', ')}`,
    due.map(({ host, problem }) =>
      planStep(
        'configureBalancer',
        { host, members: [...members] },
        {
          as: `configureBalancer${suffix}`,
          ...(problem && { skip: `${problem.reason}; deploy the spec again once it is back` }),
        },
      ),
    ),
    { limit: 10 },
  );
}

/** Stops it on every host that can be reached. */
export function retireBalancers(context: PlanContext): PlanNode | null {
  const there = (context.balancers ?? []).filter(({ members }) => members !== null);
  if (there.length === 0) return null;
  return parallel(
    'retire-balancer',
    'Stop the load balancer',
    there.map(({ host }) => planStep('retireBalancer', { host })),
    { limit: 10 },
  );
}

/** One line for people per host that a plan changes. */
export function balancerLines(context: PlanContext, members: readonly string[]): string[] {
  return (context.balancers ?? []).flatMap((balancer) => {
    if (!isDue(balancer, members)) return [];
    if (balancer.problem) return [`${balancer.host}: its HAProxy is left as it is: ${balancer.problem.reason}`];
    return [`${balancer.host}: its HAProxy is ${balancer.members === null ? 'set up' : 'brought up to date'}`];
  });
}

function isDue(balancer: BalancerObservation, wanted: readonly string[], before?: readonly string[]): boolean {
  const present = before ?? balancer.members;
  if (present === null || !balancer.upToDate) return true;
  return present.length !== wanted.length || wanted.some((member) => !present.includes(member));
}

/** @throws HivekeeperError PlanRefused where a host cannot take HAProxy, or none can be reached */
export function refuseUnusable(context: PlanContext): void {
  const balancers = context.balancers ?? [];
  const unusable = balancers.flatMap(({ host, problem }) =>
    problem && !problem.unreachable ? [`${host}: ${problem.reason}`] : [],
  );
  if (unusable.length > 0) refuse(context, unusable.join('; '));
  const silent = balancers.filter(({ problem }) => problem?.unreachable === true);
  if (silent.length === 0 || silent.length < balancers.length) return;
  const reasons = silent.map(({ host, problem }) => `${host}: ${problem?.reason ?? ''}`).join('; ');
  refuse(context, `no host of the load balancer can be reached (${reasons}); bring one back first`);
}

/**
 * HAProxy is changed for all nodes at once, and nodes one by one: a frontend may only send clients to what every node
 * serves already. One clause for each that does not.
 * @param members the running members
 */
export function unservedFrontends({ spec, recorded, product }: PlanContext, members: readonly string[]): string[] {
  const [member] = members;
  if (spec.loadBalancer?.product !== 'haproxy' || recorded === null || member === undefined) return [];
  const served = product.gateTarget(recorded, member).listeners;
  const wanted = product.gateTarget(spec, member).listeners;
  return spec.loadBalancer.frontends.flatMap((frontend) => {
    const found = findListener(wanted, frontend.listener);
    if (!found.ok) return [];
    const { port, tls, proxyProtocol } = found.listener;
    const same = served.some((one) => one.port === port && one.tls === tls && one.proxyProtocol === proxyProtocol);
    if (same) return [];
    return [
      `the frontend on port ${frontend.port} would send clients to the listener ${frontend.listener} on port ${port}, which the nodes do not serve like that yet; deploy that listener beside the old one first, then point the frontend to it, then take the old one away`,
    ];
  });
}
