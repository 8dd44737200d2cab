import { Client, QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import type { ContentStore } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { OperationEvent } from '../../domain/events/index.js';
import { type DrainRates, drainRatesSchema, operationMessages, taskQueue } from '../../domain/operations/index.js';
import {
  emptyRecord,
  type LeaseRequest,
  type RecordChange,
  type RecordInput,
  recordMessages,
  type RecordState,
  recordStateSchema,
  recordWorkflowId,
  recordWorkflowType,
  type Release,
  type Report,
} from '../../domain/record/index.js';

export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

export type Look = { status: 'running' } | { status: 'dead' } | { status: 'continued'; runId: string };

/** Milliseconds that a workflow has to answer a question of its own step, which asks again soon. */
const queryWithin = 5000;

/** How activities talk to the records of clusters. */
export class RecordService {
  private readonly client: Client;

  constructor(
    client: Client,
    private readonly store: ContentStore,
  ) {
    // A terminated record would still answer, as the holder's best friend: its last words must not pass the fence.
    const { connection, namespace } = client.options;
    this.client = new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_OPEN' } });
  }

  /** @throws HivekeeperError UnknownCluster */
  async state(cluster: string): Promise<RecordState> {
    const state = await this.find(cluster);
    if (state) return state;
    throw unknown(cluster);
  }

  async find(cluster: string): Promise<RecordState | null> {
    try {
      return recordStateSchema.parse(await this.handle(cluster).query(recordMessages.state));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return null;
      throw error;
    }
  }

  /** Asks for the lease. A record that was terminated is started again from its saved state; an unknown one only by a deploy. */
  async requestLease(cluster: string, request: LeaseRequest, startsRecord: boolean): Promise<void> {
    if (await this.isRunning(cluster)) {
      const sent = await this.trySignal(cluster, recordMessages.requestLease, request);
      if (sent) return;
    }
    const saved = await this.load(cluster);
    if (!startsRecord && (saved === null || saved.removed)) throw unknown(cluster);
    // The token goes on growing for as long as the store remembers, so that hosts can tell old operations from new ones.
    const fresh = saved === null || saved.removed;
    const state = fresh
      ? { ...emptyRecord(cluster), lease: { token: saved?.lease.token ?? 0, holder: null, queue: [] } }
      : saved;
    const input: RecordInput = { state };
    await this.client.workflow.signalWithStart(recordWorkflowType, {
      workflowId: recordWorkflowId(cluster),
      taskQueue,
      args: [input],
      signal: recordMessages.requestLease,
      signalArgs: [request],
      staticSummary: `Record of cluster ${cluster}`,
    });
  }

  async release(cluster: string, release: Release): Promise<void> {
    await this.trySignal(cluster, recordMessages.releaseLease, release);
  }

  /** @throws HivekeeperError LeaseLost when the record is gone, because then somebody else may hold a restored one. */
  async report(cluster: string, run: Run, change: RecordChange): Promise<void> {
    const report: Report = { ...run, change };
    if (await this.trySignal(cluster, recordMessages.report, report)) return;
    throw new HivekeeperError('LeaseLost', `${cluster}: its record is gone; the operation asks for the lease again`);
  }

  /** Tells an operation of something that one of its steps found. It is for people alone, so that a loss fails nothing. */
  async tell({ workflowId, runId }: Run, event: OperationEvent): Promise<void> {
    await this.client.workflow
      .getHandle(workflowId, runId)
      .signal(operationMessages.notice, event)
      .catch(() => undefined);
  }

  /** What an operation's drains were told; null where its workflow does not answer just now. Leaves nothing in its history. */
  async drainRates({ workflowId, runId }: Run): Promise<DrainRates | null> {
    try {
      const handle = this.client.workflow.getHandle(workflowId, runId);
      const within = Date.now() + queryWithin;
      return drainRatesSchema.parse(
        await this.client.withDeadline(within, () => handle.query(operationMessages.drainRates)),
      );
    } catch {
      return null;
    }
  }

  /** Whether a run still lives, seen from the server. */
  async look(run: Run): Promise<Look> {
    try {
      const { status } = await this.client.workflow.getHandle(run.workflowId, run.runId).describe();
      if (status.name === 'RUNNING') return { status: 'running' };
      if (status.name !== 'CONTINUED_AS_NEW') return { status: 'dead' };
      const latest = await this.client.workflow.getHandle(run.workflowId).describe();
      return latest.status.name === 'RUNNING' ? { status: 'continued', runId: latest.runId } : { status: 'dead' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { status: 'dead' };
      throw error;
    }
  }

  async save(state: RecordState): Promise<void> {
    await this.store.saveDocument(documentName(state.cluster), JSON.stringify(state));
  }

  private async load(cluster: string): Promise<RecordState | null> {
    const json = await this.store.loadDocument(documentName(cluster));
    return json === null ? null : recordStateSchema.parse(JSON.parse(json));
  }

  private async isRunning(cluster: string): Promise<boolean> {
    try {
      return (await this.handle(cluster).describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private async trySignal(cluster: string, name: string, message: unknown): Promise<boolean> {
    try {
      await this.handle(cluster).signal(name, message);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private handle(cluster: string): ReturnType<Client['workflow']['getHandle']> {
    return this.client.workflow.getHandle(recordWorkflowId(cluster));
  }
}

const documentName = (cluster: string): string => `records/${cluster}`;

function unknown(cluster: string): HivekeeperError {
  return new HivekeeperError(
    'UnknownCluster',
    `no cluster ${cluster} is known; deploy it first, or look at \`hivekeeper status\``,
  );
}
