import { type NodeChange, sequence } from '../plan/index.js';
import {
  changeLines,
  isRestarted,
  members,
  nodeOf,
  type PlanContext,
  refuseLostMembers,
  reopen,
  roll,
} from '../planning/index.js';
import { planStep } from '../steps/index.js';
import type { PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';

interface RestartRequest {
  /** Type of the operation, by which a run that goes on is known. */
  readonly operation: string;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly reason: string;
}

/** A roll that changes nothing: each node is started again with its own version and the settings of the record. */
export function restartDraft(context: PlanContext, request: RestartRequest): PlanDraft {
  const { operation, title, hosts, reason } = request;
  const current = members(context);
  refuseLostMembers(context, current);
  const left = hosts.filter((host) => !isRestarted(context, host, operation));
  const versionOf = (host: string): string => nodeOf(context, host).current ?? context.spec.broker.version;
  const nodes = current.map(
    (host): NodeChange => ({
      host,
      ...(left.includes(host) ? { change: 'restarts', why: [reason] } : { change: 'untouched', why: [] }),
    }),
  );
  return {
    title,
    changes: changeLines(nodes),
    members: current,
    root: sequence('restart', title, [
      reopen(
        context,
        current.filter((host) => !left.includes(host)),
      ),
      left.length > 0 ? roll(context, left, versionOf, current) : null,
      left.length > 0 ? planStep('verifyCluster', { members: current }) : null,
    ]),
    nodes,
    checks: [{ names: ['really-gone'], target: null, purpose: 'restart' }, ...rollChecks(context, left)],
  };
}
