import { HivekeeperError } from '../../domain/errors/index.js';
import { nodesWith, type PlanNode } from '../../domain/plan/index.js';
import { shieldOf } from '../../domain/spec/index.js';
import type { ClusterSession } from '../cluster-session.js';

/**
 * Looks, before anything is touched, whether what shall keep clients away from the nodes of a plan can do so.
 * @param refuse a dry run tells what it finds, as a warning
 * @returns what somebody should know of the drains of the plan, one sentence each
 * @throws HivekeeperError CheckFailed with what to do on which host
 */
export async function judgeShield(
  session: ClusterSession,
  root: PlanNode,
  { refuse, signal }: { readonly refuse: boolean; readonly signal: AbortSignal },
): Promise<string[]> {
  if (shieldOf(session.spec) === 'none') {
    const drained = [...nodesWith(root, ['drainNode'])].sort();
    if (drained.length === 0) return [];
    return [
      `clients that are moved may come back: nothing keeps them away from ${drained.join(', ')} (policy.drain.shield)`,
    ];
  }
  const gate = session.dependencies.gate(session);
  if (!gate?.problem) return [];
  const problemOf = gate.problem.bind(gate);
  const closed = [...nodesWith(root, ['closeTraffic'])].sort();
  const problems = await Promise.all(closed.map((host) => problemOf(host, signal)));
  const found = problems.flatMap((problem) => problem ?? []);
  if (found.length > 0 && refuse) {
    throw new HivekeeperError('CheckFailed', `${session.spec.name}: nothing was touched: ${found.join('; ')}`, {
      check: 'privilege',
      problems: found,
    });
  }
  return found;
}
