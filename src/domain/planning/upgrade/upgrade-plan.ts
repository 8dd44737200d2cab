import { type PlanNode, type PlanStep, sequence } from '../../plan/index.js';
import { planStep } from '../../steps/index.js';
import type { PlanContext } from '../context.js';
import { installOn } from '../join.js';
import { reopen } from '../traffic.js';
import { canaries, noReturn, upgradeRoll } from './canary.js';
import { type UpgradeSituation, upgradeSituation, versionNow } from './situation.js';
import { forgetSurge, type Surge, surgeJoins, surgeLeaves, surgeOf } from './surge.js';

export interface UpgradePlan {
  readonly situation: UpgradeSituation;
  readonly surge: Surge;
  readonly root: PlanNode;
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

/** An upgrade: packages everywhere, a surge node where one is wanted, the canaries, the others, the surge node out again. */
export function upgradePlan(context: PlanContext, version: string): UpgradePlan {
  const { spec } = context;
  const situation = upgradeSituation(context, version);
  const surge = surgeOf(context, situation);
  const { behind, lasting } = situation;
  const guest = surge.host === null ? [] : [surge.host];
  const rolled = upgradeRoll(context, situation, [...lasting, ...guest]);
  const forget = forgetSurge(context, surge, lasting);
  const work: (PlanNode | null)[] = [
    forget,
    installOn(context, [...behind, ...(behind.length > 0 ? guest : [])], version),
    ...(behind.length > 0 ? guest : []).flatMap((host) => surgeJoins(context, host, version, lasting)),
    rolled,
    ...guest.map((host) => surgeLeaves(context, host, lasting)),
    // The surge node's leave ends with it.
    guest.length === 0 && (rolled !== null || forget !== null)
      ? planStep('verifyCluster', { members: [...lasting] })
      : null,
  ];
  const acts = work.some((node) => node !== null);
  const root = sequence('upgrade', `Upgrade ${spec.name} to ${version}`, [
    acts ? noteVersion(context, version) : null,
    reopen(
      context,
      lasting.filter((host) => !behind.includes(host)),
    ),
    ...work,
  ]);
  return {
    situation,
    surge,
    root,
    changes: changesOf(context, situation, surge),
    warnings: warningsOf(context, situation, surge),
  };
}

/** The record says where the cluster is going, and takes that back where no node gets there. */
function noteVersion({ spec, recorded }: PlanContext, version: string): PlanStep {
  const undo = {
    kind: 'settleVersion',
    input: { version, before: recorded?.broker.version ?? version },
    until: 'cluster/verifyCluster',
  };
  return planStep('noteVersion', { version, spec: { ...spec } }, { undo });
}

function changesOf(context: PlanContext, { behind, version }: UpgradeSituation, { host }: Surge): string[] {
  return [
    ...(host === null ? [] : [`${host}: serves with ${version} while the upgrade lasts, and leaves again`]),
    ...behind.map((one) => `${one}: ${versionNow(context, one) ?? 'unknown'} -> ${version}`),
  ];
}

function warningsOf(context: PlanContext, situation: UpgradeSituation, surge: Surge): string[] {
  const { lastOld, from, behind } = situation;
  const watched = canaries(context, situation);
  return [
    ...surge.warnings,
    ...(context.spec.policy.upgrade.rollback === 'never' && behind.length > 0
      ? ['policy.upgrade.rollback is never: a node that does not take the version is left as it is']
      : []),
    ...(watched.length > 0 && behind.some((host) => !watched.includes(host))
      ? [`${watched.join(', ')}: watched for ${context.spec.policy.upgrade.soak / 1000} s before the others follow`]
      : []),
    ...(lastOld !== null && from !== null ? [`${lastOld} is the last node to stop: ${noReturn(from)}`] : []),
  ];
}
