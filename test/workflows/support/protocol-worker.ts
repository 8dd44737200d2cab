import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import type { Dependencies } from '../../../src/activities/dependencies.js';
import { recordActivities } from '../../../src/activities/record/record-activities.js';
import { RecordService } from '../../../src/activities/record/record-service.js';
import { stepActivity } from '../../../src/activities/steps/run-step.js';
import type { ContentStore } from '../../../src/adapters/ports/index.js';
import type { PreparedPlan, PrepareRequest } from '../../../src/domain/operations/index.js';
import { sequence } from '../../../src/domain/plan/index.js';
import { recordStateSchema, type RecordState } from '../../../src/domain/record/index.js';
import { planStep, steps } from '../../../src/domain/steps/index.js';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import { startTemporalServer, type TemporalServer } from '../../../src/worker/temporal-server/index.js';
import { searchAttributes } from '../../support/temporal.js';
import { workflowBundle } from './bundle.js';

/** What the steps of the protocol's plans really did, in order: `operation workflow`. */
export interface Effect {
  readonly runId: string;
  readonly workflowId: string;
  readonly stepId: string;
}

/**
 * The real record, operation workflow, lease and fence on a real server. Only what happens on hosts is played: a
 * step waits at a gate that the test opens, and writes down that it acted.
 */
export class Protocol {
  readonly effects: Effect[] = [];
  readonly arrived: Effect[] = [];
  private readonly documents = new Map<string, string>();
  private gates = new Map<string, () => void>();
  private opened = false;
  server!: TemporalServer;
  client!: Client;
  private worker!: Worker;
  private running!: Promise<void>;
  private native!: NativeConnection;

  async start(): Promise<void> {
    this.server = await startTemporalServer({ program: inject('temporalProgram'), searchAttributes });
    this.client = new Client({ connection: await Connection.connect({ address: this.server.address }) });
    this.native = await NativeConnection.connect({ address: this.server.address });
    await this.startWorker();
  }

  async startWorker(): Promise<void> {
    const records = new RecordService(this.client, this.store());
    const dependencies = { records, driver: () => ({}) } as unknown as Dependencies;
    this.worker = await Worker.create({
      connection: this.native,
      taskQueue: 'hivekeeper',
      workflowBundle: { code: await workflowBundle() },
      activities: {
        ...recordActivities(dependencies),
        preparePlan: (request: PrepareRequest) => this.plan(request),
        moveData: stepActivity(dependencies, { ...steps.moveData, guards: [] }, (context) =>
          this.act(context.envelope.stepId),
        ),
      },
      stickyQueueScheduleToStartTimeout: '2s',
      maxHeartbeatThrottleInterval: '500ms',
    });
    this.running = this.worker.run();
  }

  async stop(): Promise<void> {
    this.open();
    this.worker.shutdown();
    await this.running;
    await this.native.close();
    await this.client.connection.close();
    await this.server.stop();
  }

  /** Lets the steps that wait now, and all later ones, act. */
  open(): void {
    this.opened = true;
    for (const release of this.gates.values()) release();
    this.gates.clear();
  }

  close(): void {
    this.opened = false;
    this.effects.length = 0;
    this.arrived.length = 0;
  }

  /** Lets the steps of one run act, and no others. */
  openFor(runId: string): void {
    for (const [key, release] of this.gates) if (key.startsWith(runId)) release();
  }

  async record(cluster: string): Promise<RecordState> {
    return recordStateSchema.parse(await this.client.workflow.getHandle(`cluster/${cluster}`).query('state'));
  }

  /** Starts an operation as the Temporal CLI would: by type, task queue and one JSON object. */
  async operation(type: string, input: unknown, workflowId = `${type}-${randomUUID()}`) {
    return await this.client.workflow.start(type, {
      workflowId,
      taskQueue: 'hivekeeper',
      args: input === undefined ? [] : [input],
    });
  }

  /** A record as a finished deploy leaves it. */
  async deployed(cluster: string, continueAfterEvents?: number): Promise<void> {
    const state: RecordState = {
      cluster,
      spec: specOf(cluster),
      lease: { token: 0, holder: null, queue: [] },
      membership: {
        nodes: 2,
        members: [],
        cordoned: [{ host: 'n9', reason: 'decommissioned', at: '2026-01-01T00:00:00Z' }],
      },
      inventory: { packages: {} },
      journal: [],
      previous: null,
      removed: false,
    };
    const input = { state, ...(continueAfterEvents !== undefined && { continueAfterEvents }) };
    await this.client.workflow.start('clusterRecord', {
      workflowId: `cluster/${cluster}`,
      taskQueue: 'hivekeeper',
      args: [input],
    });
  }

  private plan(request: PrepareRequest): Promise<PreparedPlan> {
    const { cluster } = request.input;
    const root = sequence('play', 'Play', [
      planStep('moveData', { host: 'n1', label: 'one' }),
      planStep('moveData', { host: 'n2', label: 'two' }),
    ]);
    const plan = {
      operation: request.type,
      cluster,
      title: `Play ${cluster}`,
      changes: ['played'],
      warnings: [],
      checks: [],
      members: [],
      root,
    };
    return Promise.resolve({ plan, hash: `hash-of-${request.type}`, nodes: [], accepts: [], completes: [] });
  }

  private async act(stepId: string): Promise<string> {
    const { activityInfo, cancellationSignal } = await import('@temporalio/activity');
    const run = activityInfo().workflowExecution;
    if (!run) throw new Error('a step belongs to a run');
    const effect = { runId: run.runId, workflowId: run.workflowId, stepId };
    this.arrived.push(effect);
    if (!this.opened) {
      await new Promise<void>((release, reject) => {
        this.gates.set(`${run.runId}/${stepId}`, release);
        cancellationSignal().addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      });
    }
    this.effects.push(effect);
    return 'played';
  }

  private store(): ContentStore {
    const { documents } = this;
    const none = () => Promise.reject(new Error('the protocol brings no content'));
    return {
      put: none,
      has: () => Promise.resolve(null),
      pathOf: none,
      read: none,
      saveDocument: (name, json) => Promise.resolve(void documents.set(name, json)),
      loadDocument: (name) => Promise.resolve(documents.get(name) ?? null),
    };
  }
}

function specOf(cluster: string): Record<string, unknown> {
  const key = `SHA256:${'a'.repeat(43)}`;
  const result = parseClusterSpec({
    name: cluster,
    broker: {
      product: 'hivemq',
      version: '4.30.0',
      package: { file: './hivemq-{version}.zip', sha256: { '4.30.0': 'a'.repeat(64) } },
    },
    ssh: { user: 'ops', privateKey: { file: '/nowhere/key' } },
    hosts: ['n1', 'n2'].map((name, index) => ({ name, address: `127.9.9.${index + 1}`, hostKey: key })),
    nodes: 2,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return { ...result.spec };
}

/** One server and worker for all tests of a file. */
export function withProtocol(): Protocol {
  const protocol = new Protocol();
  beforeAll(() => protocol.start());
  afterAll(() => protocol.stop());
  return protocol;
}
