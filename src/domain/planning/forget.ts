import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import { balancerSteps } from './balancer.js';
import { members, nodeOf, type PlanContext, refuse, serves } from './context.js';

/** How somebody makes sure that a node which cannot be reached is off. */
export interface Assurance {
  /** Nodes that they confirm by name. */
  readonly gone: readonly string[];
  /** Whether the worker shall power the host off. */
  readonly fence: boolean;
}

/** Nodes that count as gone by what somebody says, or by what is about to be done. */
export function assuredGone({ gone, fence }: Assurance, host: string): string[] {
  return fence ? [...new Set([...gone, host])] : [...gone];
}

/** Whether its broker may be running: a host that answers and does not tell counts as alive. */
export function isAlive(context: PlanContext, host: string): boolean {
  const { reachable, process } = nodeOf(context, host);
  return reachable && process?.running !== false;
}

/** Whether a node that is no member any more left its identity on a host that can be reached. */
function isLeftOver(context: PlanContext, host: string): boolean {
  const { reachable, identity } = nodeOf(context, host);
  return reachable && identity?.cluster === context.spec.name && identity.status === 'member';
}

/** @throws HivekeeperError PlanRefused for a host that shall be powered off and cannot be */
export function refuseFencing(context: PlanContext, { fence }: Assurance): void {
  if (!fence || context.spec.fencing !== undefined) return;
  refuse(
    context,
    'its spec names no fencing hook; add fencing: { hook: NAME }, or power the host off yourself and name it in `gone`',
  );
}

/** A node that came back with its old files forms no part of the cluster, and nothing says what it does there. */
export function refuseStranger(context: PlanContext, host: string): void {
  if (members(context).includes(host) || !isLeftOver(context, host) || !isAlive(context, host)) return;
  refuse(
    context,
    `${host} is no member any more, but its broker runs there again; stop it on the host, then run this again`,
  );
}

/**
 * A dead node leaves: made sure to be off, out of gate, bucket and record, and out of the others’ files. Nothing is run
 * on a host that cannot be reached; one that can is retired, and its data moved aside.
 */
export function forget(
  context: PlanContext,
  host: string,
  { fence, reason }: { readonly fence: boolean; readonly reason: 'forgotten' | 'replaced' },
): PlanNode {
  const member = members(context).includes(host);
  const staying = members(context).filter((other) => other !== host);
  const { reachable } = nodeOf(context, host);
  const skip = reachable ? 'the host answers, and its broker does not run' : undefined;
  return sequence(
    `${host}/forget`,
    `Forget ${host}`,
    [
      fence && member ? planStep('fenceNode', { host }, { skip }) : null,
      member || isLeftOver(context, host) ? planStep('dropNode', { host, reason }) : null,
      member ? balancerSteps(context, staying, { as: host, before: [...staying, host] }) : null,
      context.product.membersInFiles(context.spec)
        ? parallel(
            `${host}/unlist`,
            `Remove ${host} from the others’ files`,
            staying
              .filter((other) => nodeOf(context, other).reachable)
              .map((other) => planStep('updateMembers', { host: other, members: staying })),
            { limit: 10 },
          )
        : null,
    ],
    { node: host },
  );
}

/** Those that serve must see each other; another node that is down is no reason to wait. */
export function verifyServing(context: PlanContext, hosts: readonly string[]): PlanNode | null {
  const serving = hosts.filter((host) => serves(context, host));
  return serving.length === 0 ? null : planStep('verifyCluster', { members: serving });
}
