import {
  type ClusterCheckContext,
  type ClusterCheckName,
  clusterChecks,
  evaluateCheck,
  type Purpose,
} from '../../../src/domain/checks/index.js';
import type { CheckResult, PlanStep } from '../../../src/domain/plan/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { isStepKind, stepDefinition } from '../../../src/domain/steps/index.js';
import { product } from '../support/specs.js';
import { observe } from './observe.js';
import { answering, factsOf, members, type Planned, type World } from './world.js';

interface Asked {
  readonly purpose: Purpose;
  readonly target: string | null;
  readonly clientsMayStay: boolean;
  readonly confirmedGone: readonly string[];
  readonly versionProblem: string | null;
}

export interface Failing extends CheckResult {
  readonly unmet: 'wait' | 'refuse';
}

function checkContext(world: World, spec: ClusterSpec, asked: Asked): ClusterCheckContext {
  return {
    ...asked,
    members: members(world),
    observation: observe(world.cluster),
    replicaCount: product.replicaCount(spec),
    clustered: product.clustered(spec),
    persistentData: product.keepsPersistentData(spec) && spec.nodes > 1,
    maxUnavailable: spec.policy.maxUnavailable,
    headroomPercent: spec.policy.headroom,
    packageBytes: 0,
    answering: answering(world),
    recovered: world.record.journal.some((one) => one.operation === 'recoverCluster' && one.outcome === 'completed'),
    facts: factsOf(world, spec),
  };
}

function failing(names: readonly ClusterCheckName[], context: ClusterCheckContext): Failing[] {
  return names.flatMap((name) =>
    evaluateCheck(clusterChecks[name], context, [])
      .filter(({ status }) => status === 'fails')
      .map((result) => ({ ...result, unmet: clusterChecks[name].unmet })),
  );
}

/** The checks of a step that do not hold right now. */
export function failingGuards(world: World, spec: ClusterSpec, step: PlanStep, gone: readonly string[]): Failing[] {
  if (!isStepKind(step.kind)) throw new Error(`unknown step ${step.kind}`);
  const definition = stepDefinition(step.kind);
  const spared = definition.spares?.(definition.input.parse(step.input)) ?? [];
  const guards = definition.guards.filter((name) => !spared.includes(name));
  if (guards.length === 0) return [];
  const target = typeof step.input['host'] === 'string' ? step.input['host'] : null;
  const clientsMayStay = step.input['clientsMayStay'] === true;
  const asked = {
    purpose: definition.purpose(step.input),
    target,
    clientsMayStay,
    confirmedGone: gone,
    versionProblem: null,
  };
  return failing(guards, checkContext(world, spec, asked));
}

/** The checks of a plan by which it is refused before anything is touched. */
export function refusals(world: World, { draft, spec }: Planned, gone: readonly string[]): Failing[] {
  return draft.checks.flatMap(({ names, purpose, target }) => {
    const asked = {
      purpose,
      target,
      clientsMayStay: true,
      confirmedGone: gone,
      versionProblem: versionProblem(world, spec),
    };
    return failing(names, checkContext(world, spec, asked)).filter(({ unmet }) => unmet === 'refuse');
  });
}

function versionProblem(world: World, spec: ClusterSpec): string | null {
  const nodes = members(world).map((host) => world.cluster.node(host));
  const running = nodes.flatMap(({ phase, version }) => (phase === 'up' && version !== null ? [version] : []));
  const problems = nodes.flatMap(({ version }) =>
    version === null ? [] : (product.upgradeProblem(version, spec.broker.version, running) ?? []),
  );
  return problems[0] ?? null;
}
