import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterCheckContext, clusterChecks, evaluateCheck } from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { CheckResult } from '../../domain/plan/index.js';
import { type StepDefinition } from '../../domain/steps/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { readCheckFacts } from '../check-facts/index.js';
import { answeringHosts } from '../hosts/answering-hosts.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import type { StepContext } from './step-context.js';

/** How often the cluster is observed again while a check that may come true does not hold. */
const lookEvery = 500;
/** How long a step waits for its checks before the operation ends and says which one does not hold. */
const patience = 10 * 60 * 1000;

/**
 * Evaluates a step's checks on a fresh observation, right before it acts. A check that may come true by itself is
 * waited for, and the wait says for what; one that cannot is a refusal.
 * @throws HivekeeperError CheckFailed that names the check, the reason and the remedy.
 */
export async function passGuards(context: StepContext, definition: StepDefinition, input: unknown): Promise<void> {
  if (definition.guards.length === 0) return;
  const deadline = Date.now() + patience;
  for (;;) {
    const failing = (await evaluateGuards(context, definition, input)).filter((result) => result.status === 'fails');
    const [first] = failing;
    if (!first) return;
    const hopeless = failing.find((result) => mustRefuse(result.check)) ?? (Date.now() > deadline ? first : undefined);
    if (hopeless) throw checkFailed(context.session.spec.name, hopeless);
    context.progress.report(`check ${first.check}: ${first.reason}`);
    await delay(lookEvery, undefined, { signal: context.signal });
  }
}

async function evaluateGuards(
  context: StepContext,
  definition: StepDefinition,
  input: unknown,
): Promise<CheckResult[]> {
  const { session, envelope, signal } = context;
  const withClients = definition.guards.includes('drained');
  const observation = await observeCluster(session, { withClients, signal });
  const target = fieldOf(input, 'host');
  const facts = await readCheckFacts(definition.guards, { session, observation, signal });
  const { confirmedGone } = envelope;
  const answering = definition.guards.includes('really-gone')
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
    facts,
  });
  return definition.guards.flatMap((name) => evaluateCheck(clusterChecks[name], checkContext, envelope.overrides));
}

type Given = Omit<
  ClusterCheckContext,
  | 'members'
  | 'replicaCount'
  | 'clustered'
  | 'persistentData'
  | 'maxUnavailable'
  | 'headroomPercent'
  | 'recovered'
  | 'authentication'
>;

/** Fills in what every check of a cluster takes from its spec and record. */
export function clusterCheckContext(session: ClusterSession, given: Given): ClusterCheckContext {
  return {
    ...given,
    members: session.members,
    replicaCount: session.product.replicaCount(session.spec),
    clustered: session.product.clustered(session.spec),
    persistentData: session.product.keepsPersistentData(session.spec) && session.spec.nodes > 1,
    maxUnavailable: session.spec.policy.maxUnavailable,
    headroomPercent: session.spec.policy.headroom,
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
