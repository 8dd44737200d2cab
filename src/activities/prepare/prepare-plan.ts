import { asRecordedCheck, certificateCheck, clusterCheckNames, evaluateCheck } from '../../domain/checks/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import {
  isOperationType,
  type OperationDefinition,
  operationDefinition,
  parseOperationInput,
  type ParsedInput,
  type PreparedPlan,
  type PrepareRequest,
} from '../../domain/operations/index.js';
import type { CheckResult, Plan } from '../../domain/plan/index.js';
import type { ClusterObservation, NodeObservation } from '../../domain/observation/index.js';
import {
  approvalAsked,
  type PlanContext,
  plannedUpgrade,
  refuseExtensions,
  unprovenWarnings,
} from '../../domain/planning/index.js';
import { emptyRecord, type RecordState } from '../../domain/record/index.js';
import {
  type ClusterSpec,
  formatIssue,
  packageContent,
  parseClusterSpec,
  reviveClusterSpec,
} from '../../domain/spec/index.js';
import { observeBalancers } from '../balancer/observe-balancers.js';
import { readCheckFacts } from '../check-facts/index.js';
import { ClusterSession } from '../cluster-session.js';
import type { Dependencies } from '../dependencies.js';
import { withHeart } from '../heart.js';
import { seenCertificates } from '../hosts/seen-certificates.js';
import { answeringHosts } from '../hosts/answering-hosts.js';
import { hostFacts } from '../hosts/host-facts.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import { recoveryHostFacts } from '../hosts/recovery-host-facts.js';
import { settingsOf, sha256 } from '../steps/manifest/wanted-items.js';
import { type Drift, driftWarnings, findDrift, secretsOnHosts, withDrift } from './drift/index.js';
import { itemsOf } from './items-of.js';
import { translated } from '../translate-errors.js';
import { withChosenPorts } from './choose-ports.js';
import { evaluateAll, refuseFailing } from './evaluate-checks.js';
import { judgeAdopted } from '../adopt/judge-adopted.js';
import { readAdoption } from '../adopt/read-adoption.js';
import { judgeContent } from './judge-content.js';
import { judgeKeyMaterial } from './judge-key-material.js';
import { judgeShield } from './judge-shield.js';
import { proveMaterials } from './prove-materials.js';
import { withInlineStored } from './store-inline.js';
import { summarize } from './summarize.js';
import { tryDiscovery } from './try-discovery.js';

/** Observes, decides, and says what would be done; touches nothing. */
export function prepareActivities(dependencies: Dependencies) {
  return {
    preparePlan: (request: PrepareRequest): Promise<PreparedPlan> =>
      translated(() =>
        withHeart(`observing ${request.input.cluster}`, ({ signal }) => prepare(dependencies, request, signal)),
      ),
  };
}

async function prepare(
  dependencies: Dependencies,
  request: PrepareRequest,
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const { type } = request;
  if (!isOperationType(type)) throw new HivekeeperError('InvalidInput', `${type} is not an operation`);
  const definition = operationDefinition(type);
  const input = parseOperationInput(type, request.input);
  const record = await recordFor(dependencies, definition, input.cluster);
  const read = definition.readsHosts === true ? await readAdoption(dependencies, input, record, signal) : null;
  const given = await withInlineStored(dependencies, read?.spec ?? specFor(definition, input, record), signal);
  const spec = await withChosenPorts(dependencies, given, record, signal);
  const session = new ClusterSession(dependencies, spec, record);
  const proof = { stored: input.dryRun !== true, signal };
  if (definition.lease) await judgeContent(session, proof);
  const { seen, drift } = await look(session, definition, input, signal);
  const draft = definition.plan({ ...seen, adoption: read?.adoption ?? null }, input);
  if (definition.lease) refuseExtensions(seen, draft);
  const upgrade = definition.lease ? plannedUpgrade(seen, draft.root) : null;
  const approval = approvalAsked(spec, upgrade);
  const context = { ...seen, discovery: await tryDiscovery(session, definition, seen, draft, signal) };
  const checks = [
    ...evaluateAll(session, definition, context, draft, input),
    ...(definition.lease ? [] : await lookResults(session, context.observation, signal)),
  ];
  if (definition.lease) await proveMaterials(session, draft.root, proof);
  const judged = definition.lease ? await judgeKeyMaterial(session, draft.root, proof) : [];
  const refusing = { refuse: input.dryRun !== true, signal };
  const shield = definition.lease ? await judgeShield(session, draft.root, refusing) : [];
  if (definition.lease && input.dryRun !== true) refuseFailing(spec.name, checks);
  const plan: Plan = {
    operation: type,
    cluster: spec.name,
    title: draft.title,
    changes: [...draft.changes],
    warnings: [
      ...(draft.warnings ?? []),
      ...unprovenWarnings(seen, upgrade),
      ...session.product.warnings(spec, membersIn(session, context.observation)),
      ...(definition.lease ? driftWarnings(drift, context.observation, draft.root) : []),
      ...judged,
      ...shield,
      ...(definition.lease ? await judgeAdopted(session, draft.root, context.observation, refusing) : []),
    ],
    checks,
    members: [...draft.members],
    root: draft.root,
    ...(draft.difference && { difference: [...draft.difference] }),
    ...(draft.nodes && { nodes: [...draft.nodes] }),
    ...(draft.adoption && { adoption: draft.adoption }),
    ...(upgrade && { upgrade }),
    ...(approval !== null && { approval }),
  };
  return {
    plan,
    // What the plan does, and nothing that differs between two looks at the same cluster.
    hash: sha256(
      JSON.stringify([
        ...[plan.operation, plan.cluster, plan.changes, plan.root, plan.difference ?? []],
        ...(plan.adoption ? [plan.adoption.spec] : []),
      ]),
    ),
    nodes: summarize(session, context.observation),
    accepts: [...(draft.accepts ?? [])],
    completes: [...(draft.completes ?? [])],
  };
}

const membersIn = ({ members }: ClusterSession, { nodes }: ClusterObservation): NodeObservation[] =>
  nodes.filter(({ host }) => members.includes(host));

/** Where somebody asks how the cluster does, and nothing else: a handshake with every listener takes its time. */
async function lookResults(
  session: ClusterSession,
  observation: ClusterObservation,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const listeners = await seenCertificates(session, observation, signal);
  return [
    ...evaluateCheck(asRecordedCheck, { nodes: membersIn(session, observation).filter((node) => node.reachable) }, []),
    ...(listeners.length === 0 ? [] : evaluateCheck(certificateCheck, { listeners, at: observation.at }, [])),
  ];
}

async function recordFor(
  dependencies: Dependencies,
  definition: OperationDefinition,
  cluster: string,
): Promise<RecordState> {
  const record = await dependencies.records.find(cluster);
  if (record) return record;
  // A dry run of a first deploy takes no lease, so there is no record yet, and none is made.
  if (definition.startsRecord) return emptyRecord(cluster);
  return await dependencies.records.state(cluster);
}

function specFor(definition: OperationDefinition, input: ParsedInput, record: RecordState): ClusterSpec {
  const stored = definition.specFromRecord?.(record, input) ?? record.spec;
  const recorded = stored === null ? null : reviveClusterSpec(stored);
  const spec = definition.specFromInput ? parseGiven(definition.specFromInput(input)) : recorded;
  if (!spec) throw new HivekeeperError('UnknownCluster', `${input.cluster} was never deployed; deploy it first`);
  if (spec.name !== input.cluster) {
    throw new HivekeeperError('InvalidInput', `the spec is of ${spec.name}, the operation of ${input.cluster}`);
  }
  const wanted = definition.adjustSpec?.(spec, input) ?? spec;
  const source = packageContent(wanted.broker.package, wanted.broker.version);
  if (!source.ok) throw new HivekeeperError('InvalidInput', `${wanted.name}: ${source.reason}`);
  return wanted;
}

function parseGiven(value: unknown): ClusterSpec {
  const result = parseClusterSpec(value);
  if (result.ok) return result.spec;
  throw new HivekeeperError('InvalidInput', `the spec is not valid: ${result.issues.map(formatIssue).join('; ')}`);
}

async function look(
  session: ClusterSession,
  definition: OperationDefinition,
  input: ParsedInput,
  signal: AbortSignal,
): Promise<{ readonly seen: PlanContext; readonly drift: Drift }> {
  const { spec, record } = session;
  const targets = definition.preflight?.({ spec, record }, input) ?? [];
  const gone = definition.confirmedGone?.(input) ?? [];
  // A host that is off answers nobody, and that says nothing of the network.
  const peers = [...new Set([...session.members.filter((host) => !gone.includes(host)), ...targets])];
  const [found, secrets, facts] = await Promise.all([
    observeCluster(session, { withClients: !definition.lease, signal }),
    secretsOnHosts(session, signal),
    Promise.all(targets.map((host) => hostFacts(session, host, peers, signal))),
  ]);
  const items = itemsOf(session, secrets);
  const drift = await findDrift(session, { observation: found, items, secrets });
  const observation = withDrift(found, drift);
  const seen: PlanContext = {
    spec,
    product: session.product,
    record,
    recorded: record.spec === null ? null : reviveClusterSpec(record.spec),
    observation,
    facts,
    settings: Object.fromEntries(Object.entries(items).map(([host, wanted]) => [host, settingsOf(wanted)])),
    items,
    stamp: observation.at.replace(/[^0-9]/g, '').slice(0, 14),
    answering: await answeringHosts(session, observation, gone, signal),
    balancers: await observeBalancers(session, signal),
    checkFacts: await readCheckFacts(clusterCheckNames, { session, observation, signal }),
    recoveryHost: definition.needsRecoveryHost ? await recoveryHostFacts(session, observation, signal) : null,
  };
  return { seen, drift };
}
