import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClusterCheckContext,
  type ClusterCheckName,
  clusterCheckNames,
  clusterChecks,
  evaluateCheck,
} from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import type { CheckResult } from '../../domain/plan/index.js';
import { type StepDefinition } from '../../domain/steps/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { readCheckFacts } from '../check-facts/index.js';
import { answeringHosts } from '../hosts/answering-hosts.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import type { StepContext } from './step-context.js';

/** Milliseconds between two looks while a check that may come true does not hold: at first, and once it takes long. */
const lookEvery = { first: 500, later: 5_000 };
const first = 60_000;
/** Milliseconds in which a cancellation that came during a wait reaches the step, before it acts. */
const settle = 2_000;

/** Checks that look at no node, so that a step with no other guard spares the hosts an observation. */
const blind: ReadonlySet<ClusterCheckName> = new Set(['backup-not-running', 'license-covers', 'maintenance-window']);

/**
 * Evaluates a step's checks on a fresh observation, right before it acts. A check that may come true by itself is
 * waited for as long as it takes, and the wait says for what and since when; one that cannot is a refusal.
 * @throws HivekeeperError CheckFailed that names the check, the reason and the remedy.
 */
export async function passGuards(
  context: StepContext,
  definition: StepDefinition,
  input: unknown,
  without: readonly ClusterCheckName[] = [],
): Promise<void> {
  const spared = [...without, ...(definition.spares?.(definition.input.parse(input)) ?? [])];
  const guards = definition.guards.filter((name) => !spared.includes(name));
  if (guards.length === 0) return;
  const begun = Date.now();
  for (;;) {
    const results = await evaluateGuards(context, definition, guards, input);
    const failing = results.filter(({ status }) => status === 'fails');
    const hopeless = failing.find(({ check }) => mustRefuse(check));
    if (hopeless) throw checkFailed(context.session.spec.name, hopeless);
    const [one] = failing;
    if (one) await waitFor(context, one, Date.now() - begun < first ? lookEvery.first : lookEvery.later);
    else if (!(await context.notices.over())) return;
    // The operation may have been cancelled while it waited: that is heard of first, and everything looked at again.
    else await delay(settle, undefined, { signal: context.signal });
  }
}

async function waitFor({ notices, progress }: StepContext, { check, node, reason }: CheckResult, time: number) {
  const why = node === undefined ? reason : `${node}: ${reason}`;
  const name = clusterCheckNames.find((known) => known === check);
  progress.report(name === undefined ? `check ${check}: ${why}` : await notices.waiting(name, why));
  await delay(time, undefined, { signal: progress.signal });
}

async function evaluateGuards(
  { session, envelope, signal }: StepContext,
  definition: StepDefinition,
  guards: readonly ClusterCheckName[],
  input: unknown,
): Promise<CheckResult[]> {
  const observation: ClusterObservation = guards.every((name) => blind.has(name))
    ? { cluster: session.spec.name, at: new Date().toISOString(), nodes: [] }
    : await observeCluster(session, { withClients: guards.includes('drained'), signal });
  const target = fieldOf(input, 'host');
  const facts = await readCheckFacts(guards, { session, observation, signal });
  const { confirmedGone } = envelope;
  const answering = guards.includes('really-gone')
    ? await answeringHosts(session, observation, confirmedGone, signal)
    : {};
  const checkContext = clusterCheckContext(session, {
    observation,
    purpose: definition.purpose(input),
    target: typeof target === 'string' ? target : null,
    clientsMayStay: fieldOf(input, 'clientsMayStay') === true,
    confirmedGone,
    answering,
    versionProblem: null,
    packageBytes: 0,
    nodesAtOnce: new Set([...session.members, ...(typeof target === 'string' ? [target] : [])]).size,
    facts,
  });
  return guards.flatMap((name) => evaluateCheck(clusterChecks[name], checkContext, envelope.overrides));
}

type Given = Omit<
  ClusterCheckContext,
  | 'members'
  | 'replicaCount'
  | 'clustered'
  | 'persistentData'
  | 'maxUnavailable'
  | 'headroomPercent'
  | 'surge'
  | 'recovered'
  | 'authentication'
>;

/** Fills in what every check of a cluster takes from its spec and record. */
export function clusterCheckContext(session: ClusterSession, given: Given): ClusterCheckContext {
  const { surge } = session.record.membership;
  return {
    ...given,
    members: session.members,
    replicaCount: session.product.replicaCount(session.spec),
    clustered: session.product.clustered(session.spec),
    persistentData: session.product.keepsPersistentData(session.spec) && session.spec.nodes > 1,
    maxUnavailable: session.spec.policy.maxUnavailable,
    headroomPercent: session.spec.policy.headroom,
    ...(surge !== undefined && { surge }),
    authentication: Object.fromEntries(
      given.observation.nodes.map(({ host, extensions }) => [
        host,
        extensions && session.product.users.authenticationProblem(extensions),
      ]),
    ),
    recovered: session.record.journal.some(
      ({ operation, outcome }) => operation === 'recoverCluster' && outcome === 'completed',
    ),
  };
}

export function mustRefuse(check: string): boolean {
  return Object.values(clusterChecks).some((definition) => definition.name === check && definition.unmet === 'refuse');
}

export function checkFailed(cluster: string, result: CheckResult): HivekeeperError {
  const where = result.node === undefined ? '' : ` on ${result.node}`;
  const remedy = result.remedy === undefined ? '' : `. ${result.remedy}`;
  return new HivekeeperError(
    'CheckFailed',
    `${cluster}: check ${result.check} fails${where}: ${result.reason}${remedy}`,
    {
      check: result.check,
      node: result.node ?? null,
    },
  );
}

function fieldOf(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, field) : undefined;
}
