import { messageOf } from '../../domain/errors/index.js';
import type { NodeSummary, OperationReport } from '../../domain/operations/index.js';
import type { JournalEntry, LeaseRequest, RecordState, RunRef } from '../../domain/record/index.js';
import type { TemporalSession } from './connection.js';
import { failureOf, serverProblem } from './failure.js';
import { describeOperation } from './find-operation.js';
import { listClusters, queryRecord } from './record.js';
import { startOperation } from './start-operation.js';
import { noWorker, watchOperation } from './watch-operation.js';

export interface RunningOperation extends RunRef {
  readonly phase: string | null;
}

/** One cluster in a list. */
export interface ClusterOverview {
  readonly cluster: string;
  /** How many nodes it has, and how many it is meant to have; null when its record does not answer. */
  readonly members: number | null;
  readonly nodes: number | null;
  /** Versions of its members, each once. */
  readonly versions: readonly string[];
  readonly operation: RunningOperation | null;
  readonly queued: number;
  /** Why its record does not answer. */
  readonly problem: string | null;
}

/** A cluster as its record and a fresh observation show it. */
export interface ClusterStatus {
  readonly cluster: string;
  readonly members: RecordState['membership']['members'];
  readonly nodes: number;
  readonly cordoned: RecordState['membership']['cordoned'];
  readonly operation: RunningOperation | null;
  readonly queue: readonly LeaseRequest[];
  /** The last operations, newest first. */
  readonly journal: readonly JournalEntry[];
  /** What was observed just now; null when it could not be. */
  readonly observed: {
    readonly nodes: readonly NodeSummary[];
    readonly checks: OperationReport['checks'];
    readonly warnings: readonly string[];
  } | null;
  /** Why nothing was observed. */
  readonly problem: string | null;
}

const unanswered: Omit<ClusterOverview, 'cluster' | 'problem'> = {
  members: null,
  nodes: null,
  versions: [],
  operation: null,
  queued: 0,
};

/** Records that are asked at the same time. */
const atOnce = 16;

/** All clusters, by name. One whose record does not answer is listed with the reason. */
export async function clusterOverviews(session: TemporalSession): Promise<ClusterOverview[]> {
  const names = await listClusters(session);
  const overviews: ClusterOverview[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const some = names.slice(start, start + atOnce);
    overviews.push(...(await Promise.all(some.map((name) => overviewOf(session, name)))));
  }
  return overviews;
}

async function overviewOf(session: TemporalSession, cluster: string): Promise<ClusterOverview> {
  try {
    const { membership, lease } = await queryRecord(session, cluster);
    return {
      cluster,
      members: membership.members.length,
      nodes: membership.nodes,
      versions: [...new Set(membership.members.map((member) => member.version))].sort(),
      operation: await runningOf(session, lease.holder),
      queued: lease.queue.length,
      problem: null,
    };
  } catch (error) {
    return { cluster, ...unanswered, problem: recordProblem(error) };
  }
}

function recordProblem(error: unknown): string {
  const problem = serverProblem(error);
  return problem === 'failedPrecondition' || problem === 'deadlineExceeded' ? noWorker : messageOf(error);
}

async function runningOf(session: TemporalSession, holder: RunRef | null): Promise<RunningOperation | null> {
  if (!holder) return null;
  const found = await describeOperation(session, holder.workflowId);
  return { ...holder, phase: found?.phase ?? null };
}

/**
 * One cluster: its record, and its nodes as a run of checkCluster finds them.
 * @param signal ends the observation; what is known is given then.
 * @throws HivekeeperError UnknownCluster
 */
export async function clusterStatus(
  session: TemporalSession,
  cluster: string,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  const record = await queryRecord(session, cluster);
  const [operation, observation] = await Promise.all([
    runningOf(session, record.lease.holder),
    record.spec === null ? { observed: null, problem: 'nothing is deployed yet' } : observe(session, cluster, signal),
  ]);
  return {
    cluster,
    members: record.membership.members,
    nodes: record.membership.nodes,
    cordoned: record.membership.cordoned,
    operation,
    queue: record.lease.queue,
    journal: [...record.journal].reverse(),
    ...observation,
  };
}

async function observe(
  session: TemporalSession,
  cluster: string,
  signal: AbortSignal,
): Promise<Pick<ClusterStatus, 'observed' | 'problem'>> {
  try {
    const { workflowId } = await startOperation(session.client, 'checkCluster', { cluster, reason: 'status' });
    const seen = await watchOperation(session, workflowId, { onView: () => undefined, signal, every: 100 });
    if (!seen) return { observed: null, problem: 'the observation was interrupted' };
    if (seen.end.outcome === 'failed') return { observed: null, problem: seen.end.failure.message };
    const { nodes, checks, warnings } = seen.end.report;
    return { observed: { nodes, checks, warnings }, problem: null };
  } catch (error) {
    return { observed: null, problem: failureOf(error).message };
  }
}
