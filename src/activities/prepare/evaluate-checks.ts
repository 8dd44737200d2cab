import {
  type ClusterCheckContext,
  clusterChecks,
  discoveryChecks,
  evaluateCheck,
  type HostFacts,
  hostChecks,
  isServing,
  type Override,
  relevantDiscoveryChecks,
  recoveryHostCheck,
} from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import type { OperationDefinition, ParsedInput, PlanDraft } from '../../domain/operations/index.js';
import { type CheckResult, runnableSteps } from '../../domain/plan/index.js';
import type { PlanContext } from '../../domain/planning/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { checkFailed, clusterCheckContext, mustRefuse } from '../steps/guards.js';

/** Every check that a plan asks for, the findings about its hosts first. */
export function evaluateAll(
  session: ClusterSession,
  definition: OperationDefinition,
  context: PlanContext,
  draft: PlanDraft,
  input: ParsedInput,
): CheckResult[] {
  const overrides = input.overrideChecks ?? [];
  const clusterResults = [...draft.checks, ...windowCheck(draft)].flatMap(({ names, target, purpose, nodesAtOnce }) => {
    const given = {
      observation: context.observation,
      purpose,
      target,
      clientsMayStay: true,
      confirmedGone: definition.confirmedGone?.(input) ?? [],
      answering: context.answering ?? {},
      versionProblem: versionProblem(session, context.observation),
      packageBytes: packageBytes(session),
      ...(context.checkFacts && { facts: context.checkFacts }),
      ...(nodesAtOnce !== undefined && { nodesAtOnce }),
    };
    const checkContext: ClusterCheckContext = clusterCheckContext(session, given);
    return names.flatMap((name) => evaluateCheck(clusterChecks[name], checkContext, overrides));
  });
  const hostResults = context.facts.flatMap((facts) => evaluateHost(session, facts, overrides));
  const recovers = runnableSteps(draft.root).some((step) => step.kind === 'runRecoveryTool');
  const recovery =
    recovers && context.recoveryHost ? evaluateCheck(recoveryHostCheck, context.recoveryHost, overrides) : [];
  return unique([...hostResults, ...evaluateDiscovery(context, overrides), ...clusterResults, ...recovery]);
}

/** A plan that waits for a maintenance window says so, and when the next one opens. */
function windowCheck({ root }: PlanDraft): PlanDraft['checks'] {
  const waits = runnableSteps(root).some(({ kind }) => kind === 'awaitWindow');
  return waits ? [{ names: ['maintenance-window'], target: null, purpose: 'restart' }] : [];
}

/** A preflight of hosts that cannot be reached would blame their network as well, so it is not told then. */
function evaluateDiscovery({ discovery, facts }: PlanContext, overrides: readonly Override[]): CheckResult[] {
  if (!discovery || facts.some(({ reachable, privilege }) => !reachable || privilege?.ok !== true)) return [];
  return relevantDiscoveryChecks(discovery).flatMap((check) => evaluateCheck(check, discovery, overrides));
}

/** Thirteen lines per healthy host help nobody: a host that passes everything is one line. */
function evaluateHost(session: ClusterSession, facts: HostFacts, overrides: readonly Override[]): CheckResult[] {
  const checkContext = {
    facts,
    cluster: session.spec.name,
    minimumJava: session.spec.broker.java === 'system' ? session.product.minimumJava : null,
    minimumOpenFiles: session.product.minimumOpenFiles,
    packageBytes: packageBytes(session),
  };
  const results = Object.values(hostChecks).flatMap((check) => evaluateCheck(check, checkContext, overrides));
  const problems = results.filter((result) => result.status !== 'holds');
  return problems.length > 0 ? problems : results.map((result) => ({ ...result, node: facts.host }));
}

function unique(results: readonly CheckResult[]): CheckResult[] {
  return [
    ...new Map(
      results.map((result) => [JSON.stringify([result.check, result.node, result.status, result.reason]), result]),
    ).values(),
  ];
}

function versionProblem(session: ClusterSession, observation: ClusterObservation): string | null {
  const members = observation.nodes.filter((node) => session.members.includes(node.host));
  const running = members
    .filter(isServing)
    .flatMap((node) => (node.runningVersion === null ? [] : [node.runningVersion]));
  for (const node of members) {
    const from = node.runningVersion ?? node.identity?.version ?? node.current;
    if (from === null) continue;
    const problem = session.product.upgradeProblem(from, session.spec.broker.version, running);
    if (problem !== null) return `${node.host}: ${problem}`;
  }
  return null;
}

function packageBytes(session: ClusterSession): number {
  return session.record.inventory.packages[session.spec.broker.version]?.bytes ?? 0;
}

/** @throws HivekeeperError CheckFailed that names all checks that fail and that waiting would not mend. */
export function refuseFailing(cluster: string, checks: readonly CheckResult[]): void {
  const preflight = [...Object.values(hostChecks), ...Object.values(discoveryChecks)];
  const refusing = new Set<string>(preflight.filter(({ unmet }) => unmet === 'refuse').map(({ name }) => name));
  const failing = checks.filter(
    (result) =>
      result.status === 'fails' &&
      (refusing.has(result.check) || result.check === recoveryHostCheck.name || mustRefuse(result.check)),
  );
  const [first, ...rest] = failing;
  if (!first) return;
  const error = checkFailed(cluster, first);
  if (rest.length === 0) throw error;
  const others = rest.map((result) => `${result.check}${result.node ? ` on ${result.node}` : ''}`);
  throw new HivekeeperError('CheckFailed', `${error.message} Also failing: ${others.join(', ')}`, {
    ...error.details,
    others,
  });
}
