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
import type { Plan } from '../../domain/plan/index.js';
import type { PlanContext } from '../../domain/planning/index.js';
import { emptyRecord, type RecordState } from '../../domain/record/index.js';
import {
  type ClusterSpec,
  formatIssue,
  packageContent,
  parseClusterSpec,
  reviveClusterSpec,
} from '../../domain/spec/index.js';
import { ClusterSession } from '../cluster-session.js';
import type { Dependencies } from '../dependencies.js';
import { withHeart } from '../heart.js';
import { hostFacts } from '../hosts/host-facts.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import { recoveryHostFacts } from '../hosts/recovery-host-facts.js';
import { settingsHash, sha256 } from '../steps/node-files.js';
import { translated } from '../translate-errors.js';
import { evaluateAll, refuseFailing } from './evaluate-checks.js';
import { summarize } from './summarize.js';

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
  const spec = specFor(definition, input, record);
  const session = new ClusterSession(dependencies, spec, record);
  const context = await look(session, definition, input, signal);
  const draft = definition.plan(context, input);
  const checks = evaluateAll(session, definition, context, draft, input);
  if (definition.lease && input.dryRun !== true) refuseFailing(spec.name, checks);
  const plan: Plan = {
    operation: type,
    cluster: spec.name,
    title: draft.title,
    changes: [...draft.changes],
    warnings: [...(draft.warnings ?? [])],
    checks,
    members: [...draft.members],
    root: draft.root,
  };
  return {
    plan,
    // What the plan does, and nothing that differs between two looks at the same cluster.
    hash: sha256(JSON.stringify([plan.operation, plan.cluster, plan.changes, plan.root])),
    nodes: summarize(session, context.observation),
    accepts: [...(draft.accepts ?? [])],
    completes: [...(draft.completes ?? [])],
  };
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
  const recorded = record.spec === null ? null : reviveClusterSpec(record.spec);
  const spec = definition.specFromInput ? parseGiven(definition.specFromInput(input)) : recorded;
  if (!spec) throw new HivekeeperError('UnknownCluster', `${input.cluster} was never deployed; deploy it first`);
  if (spec.name !== input.cluster) {
    throw new HivekeeperError('InvalidInput', `the spec is of ${spec.name}, the operation of ${input.cluster}`);
  }
  // The unit is rendered, but nothing installs it yet: a deploy would leave a broker that no reboot starts.
  if (spec.broker.supervisor !== 'process') {
    const { supervisor } = spec.broker;
    throw new HivekeeperError(
      'InvalidInput',
      `${spec.name}: broker.supervisor ${supervisor} is not driven by this version; set it to process`,
    );
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
): Promise<PlanContext> {
  const { spec, record } = session;
  const targets = definition.preflight?.({ spec, record }, input) ?? [];
  const peers = [...new Set([...session.members, ...targets])];
  const [observation, facts] = await Promise.all([
    observeCluster(session, { withClients: !definition.lease, signal }),
    Promise.all(targets.map((host) => hostFacts(session, host, peers, signal))),
  ]);
  return {
    spec,
    product: session.product,
    record,
    recorded: record.spec === null ? null : reviveClusterSpec(record.spec),
    observation,
    facts,
    settings: Object.fromEntries(session.nodeHosts().map((host) => [host, settingsHash(spec, host)])),
    stamp: observation.at.replace(/[^0-9]/g, '').slice(0, 14),
    recoveryHost: definition.needsRecoveryHost ? await recoveryHostFacts(session, observation, signal) : null,
  };
}
