import { z } from 'zod';
import { sequence } from '../plan/index.js';
import {
  installOn,
  members,
  nodeOf,
  type PlanContext,
  refuse,
  refuseLostMembers,
  reopen,
  roll,
  serves,
  surgeLeaves,
  surgeOf,
  upgradeSituation,
  versionNow,
} from '../planning/index.js';
import { planStep } from '../steps/index.js';
import { commonInput, defineOperation, type PlanDraft } from './define-operation.js';
import { rollChecks } from './roll-checks.js';
import { specDraft } from './spec-draft.js';
import { takeBackOf } from './take-back.js';

export const rollBack = defineOperation({
  type: 'rollBack',
  summary:
    'Takes an operation back where that is safe: an upgrade while a member still runs the old version, a change of the spec while nothing else has changed it since.',
  input: z.strictObject({
    ...commonInput,
    operation: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Workflow id of the operation to take back; default: the last one of the cluster.'),
  }),
  lease: true,
  cli: {
    command: 'rollback',
    own: true,
    arguments: [
      {
        name: 'operation',
        field: 'operation',
        describe: 'Its workflow id; or the name of a cluster, for its last one.',
      },
    ],
    options: [],
    examples: ['hivekeeper rollback prod --dry-run', 'hivekeeper rollback prod/rollingUpgrade/20260105T101500Z --wait'],
  },
  specFromRecord: (record, input) => takeBackOf(record, input.operation).spec,
  plan: (context, input) => {
    const { operation, way } = takeBackOf(context.record, input.operation);
    const title = `Take ${operation.operation} of ${context.spec.name} back`;
    refuseOldData(context);
    if (way === 'spec') refuseHalfUpgraded(context);
    const draft = way === 'version' ? versionDraft(context, title) : specDraft(context, 'rollback', title);
    const accepts = (draft.accepts ?? []).map((change) =>
      change.type === 'specAccepted' ? { ...change, undoes: operation.workflowId } : change,
    );
    return {
      ...draft,
      changes: [...draft.changes, `the spec is the one of before ${operation.workflowId} again`],
      accepts,
    };
  },
});

/**
 * Data that only newer nodes have written cannot be read by an older version; while a member runs the older one, what the
 * others hand over reaches it in a form that it knows.
 */
function refuseOldData(context: PlanContext): void {
  const { spec, product } = context;
  const { version } = spec.broker;
  const running = runningVersions(context);
  if (running.every((from) => product.upgradeProblem(from, version, running) === null)) return;
  if (running.includes(version)) return;
  refuse(
    context,
    `no member runs ${version} any more (they run ${running.join(', ')}). That is past the point of no return: the data of a newer version cannot be read by an older one. ` +
      'Stay on the new version, or restore a backup of before into a new cluster',
  );
}

/** Settings of before come with restarts, and those would finish an upgrade that was left half-way. */
function refuseHalfUpgraded(context: PlanContext): void {
  const { spec, recorded } = context;
  const others = runningVersions(context).filter((version) => version !== spec.broker.version);
  if (others.length === 0 || recorded?.broker.version !== spec.broker.version) return;
  refuse(
    context,
    `an upgrade to ${spec.broker.version} is unfinished (members run ${others.join(', ')} too); finish it or take it back first`,
  );
}

function runningVersions(context: PlanContext): string[] {
  const serving = members(context).filter((host) => serves(context, host));
  return [...new Set(serving.flatMap((host) => nodeOf(context, host).runningVersion ?? []))];
}

/**
 * The nodes that the upgrade has reached go back, one at a time, as they came; the others hold their data meanwhile. A
 * surge node leaves last.
 */
function versionDraft(context: PlanContext, title: string): PlanDraft {
  const { spec } = context;
  const { version } = spec.broker;
  refuseLostMembers(context, members(context));
  const situation = upgradeSituation(context, version);
  const { lasting, behind } = situation;
  // With nobody behind only one that is there already counts: none joins for this.
  const { host: guest, warnings } = surgeOf(context, { ...situation, behind: [] });
  const guests = guest === null ? [] : [guest];
  return {
    title,
    changes: [
      ...behind.map((host) => `${host}: ${versionNow(context, host) ?? 'unknown'} -> ${version}`),
      ...guests.map((host) => `${host} leaves again`),
    ],
    warnings,
    members: lasting,
    root: sequence('rollback', title, [
      reopen(
        context,
        lasting.filter((host) => !behind.includes(host)),
      ),
      installOn(context, behind, version),
      behind.length > 0 ? roll(context, behind, () => version, [...lasting, ...guests]) : null,
      ...guests.map((host) => surgeLeaves(context, host, lasting)),
      behind.length > 0 && guest === null ? planStep('verifyCluster', { members: [...lasting] }) : null,
    ]),
    checks: [{ names: ['versions', 'really-gone'], target: null, purpose: 'restart' }, ...rollChecks(context, behind)],
    accepts: [{ type: 'specAccepted', spec: { ...spec } }],
  };
}
