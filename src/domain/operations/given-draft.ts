import { sequence } from '../plan/index.js';
import {
  bringGiven,
  changeLines,
  givenChange,
  type GivenKeys,
  members,
  type PlanContext,
  refuseLostMembers,
  reopen,
  serves,
} from '../planning/index.js';
import { planStep } from '../steps/index.js';
import type { PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';

interface Given {
  /** Id of the plan's root, e.g. `add-license`. */
  readonly id: string;
  readonly title: string;
  /** Items of nodes that it is about, by their keys. */
  readonly keys: GivenKeys;
  /** What is given, one line each; shown where anything is changed. */
  readonly lines: readonly string[];
  readonly warnings?: readonly string[];
}

/**
 * The plan of an operation that adds to a running cluster what its input says, or takes it away: `adjustSpec` has put it
 * into the spec, the record keeps that, and every node gets it: one first, then the others. Nodes made later have it by
 * the record.
 */
export function givenDraft(context: PlanContext, { id, title, keys, lines, warnings = [] }: Given): PlanDraft {
  const { spec, recorded } = context;
  const current = members(context);
  const nodes = current.map((host) => givenChange(context, host, keys));
  const restarted = nodes.filter(({ change }) => change === 'restarts').map(({ host }) => host);
  if (restarted.length > 0) refuseLostMembers(context, current);
  const undo = recorded && { kind: 'restoreSpec', input: { spec: { ...recorded } } };
  const changes = changeLines(nodes);
  const later = current.filter((host) => !serves(context, host) && !restarted.includes(host));
  const isNew = JSON.stringify(recorded) !== JSON.stringify(spec);
  return {
    title,
    changes: changes.length > 0 || isNew ? [...lines, ...changes] : [],
    warnings: [
      ...later.map((host) => `${host} does not serve; it gets this at its next start`),
      ...warnings,
      ...(isNew
        ? ['put the same into the spec file too (`hivekeeper spec` prints it), or the next apply sets it back']
        : []),
    ],
    members: current,
    root: sequence(id, title, [
      reopen(
        context,
        current.filter((host) => serves(context, host) && !restarted.includes(host)),
      ),
      bringGiven(context, nodes, current, undo),
      restarted.length > 0 ? planStep('verifyCluster', { members: current }) : null,
    ]),
    nodes,
    checks: rollChecks(context, restarted),
    accepts: [{ type: 'specAccepted', spec: { ...spec } }],
  };
}
