import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import {
  connect,
  type Failure,
  failureOf,
  startOperation,
  type StartedOperation,
  type TemporalSession,
} from '../../../src/client/temporal/index.js';
import {
  type OperationReport,
  type OperationType,
  reportSchema,
  taskQueue,
} from '../../../src/domain/operations/index.js';
import { type PackageServer, servePackages } from '../../../src/sandbox/demo/packages.js';
import { createStage, type SpecOptions, type Stage, type StageOptions } from '../../../src/sandbox/stage/index.js';
import { startTemporalServer, type TemporalServer } from '../../../src/worker/temporal-server/index.js';
import { searchAttributes } from '../../support/temporal.js';
import { removePrograms, startWorker, type WorkerProcess, type WorkerWorld } from './worker-process.js';

/** How an operation ended. */
export type End =
  | { readonly report: OperationReport; readonly failure?: undefined }
  | { readonly report?: undefined; readonly failure: Failure };

/** Hosts, packages, a Temporal server and the way to start operations: everything but a worker. */
export interface Scenario {
  readonly stage: Stage;
  readonly server: TemporalServer;
  readonly packages: PackageServer;
  readonly session: TemporalSession;
  /** Folder for files of the test and of the workers. */
  readonly folder: string;
  /** A spec for the hosts of the stage; by default three nodes with 4.30.0 behind the gate. */
  spec(options?: Partial<SpecOptions>): Record<string, unknown>;
  worker(dieAfter?: string): Promise<WorkerProcess>;
  /** As our own clients do it: an input that is not valid is refused before anything is started. */
  start(type: OperationType, input: unknown): Promise<StartedOperation>;
  /** As the Temporal CLI does it: whatever comes reaches the workflow. */
  startRaw(type: OperationType, input: unknown): Promise<Pick<StartedOperation, 'workflowId'>>;
  endOf(operation: Pick<StartedOperation, 'workflowId'>): Promise<End>;
  /** Starts an operation and awaits its end. */
  run(type: OperationType, input: unknown): Promise<End>;
  /** @throws Error with the failure's words when the operation does not complete */
  complete(type: OperationType, input: unknown): Promise<OperationReport>;
}

const HOOK = 'stage-gate';

export interface ScenarioOptions extends StageOptions {
  /** A worker that lives as long as the scenario. Default: true */
  readonly withWorker?: boolean;
  /** Versions that are broken, and how, besides those that the demo has. Default: none */
  readonly broken?: Readonly<Record<string, string>>;
  /** Makes the workers' fencing hooks, before the first worker starts. Default: none */
  readonly fencing?: (stage: Stage, folder: string) => Promise<Fencing>;
}

/** Hooks, and the way to end what they talk to. */
export interface Fencing {
  readonly hooks: NonNullable<WorkerWorld['fencing']>;
  stop(): Promise<void>;
}

/** One scenario for all tests of the file, which follow each other on the same hosts. @returns it, once they run */
export function useScenario(options: ScenarioOptions = {}): () => Scenario {
  const undo: (() => Promise<unknown>)[] = [];
  let scenario: Scenario | undefined;
  beforeAll(async () => {
    scenario = await startScenario(options, undo);
    if (options.withWorker !== false) await scenario.worker();
  }, 120_000);
  afterAll(async () => {
    for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
  }, 60_000);
  return () => {
    if (scenario === undefined) throw new Error('The scenario is there only while tests run.');
    return scenario;
  };
}

async function startScenario(options: ScenarioOptions, undo: (() => Promise<unknown>)[]): Promise<Scenario> {
  const { withWorker: _, broken, fencing: makeFencing, ...stageOptions } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-scenario-'));
  undo.push(() => rm(folder, { recursive: true, force: true }), removePrograms);
  const stage = await createStage(stageOptions);
  undo.push(() => stage.stop());
  const packages = await servePackages(path.join(folder, 'packages'), `${stage.prefix}.2`, broken);
  undo.push(() => packages.stop());
  const server = await startTemporalServer({ program: inject('temporalProgram'), searchAttributes });
  undo.push(() => server.stop());
  const session = await connect(server);
  undo.push(() => session.close());
  const fencing = await makeFencing?.(stage, folder);
  if (fencing) undo.push(() => fencing.stop());
  const world: WorkerWorld = {
    ...{ server, folder: path.join(folder, 'worker') },
    hooks: { [HOOK]: gateHook(stage) },
    fencing: fencing?.hooks,
  };

  const start = (type: OperationType, input: unknown): Promise<StartedOperation> =>
    startOperation(session.client, type, input);
  const endOf: Scenario['endOf'] = async ({ workflowId }) => {
    try {
      const result: unknown = await session.client.workflow.getHandle(workflowId).result();
      return { report: reportSchema.parse(result) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
  const startRaw: Scenario['startRaw'] = async (type, input) =>
    session.client.workflow.start(type, { workflowId: randomUUID(), taskQueue, args: [input] });
  const run: Scenario['run'] = async (type, input) => endOf(await start(type, input));
  return {
    ...{ stage, server, packages, session, folder, start, startRaw, endOf, run },
    spec: (specOptions = {}) => specOf(stage, packages, specOptions),
    worker: async (dieAfter) => {
      const worker = await startWorker(world, dieAfter);
      undo.push(() => worker.stop());
      return worker;
    },
    complete: async (type, input) => {
      const { report, failure } = await run(type, input);
      if (report === undefined) throw new Error(`${type}: ${failure.kind}: ${failure.message}`);
      return report;
    },
  };
}

function gateHook(stage: Stage): WorkerWorld['hooks'][string] {
  const [host] = stage.gates;
  const gate = path.join(host?.root ?? '', 'bin', 'gate');
  return { open: [gate, 'enable', '{host}', '{backend}'], close: [gate, 'disable', '{host}'], list: [gate, 'states'] };
}

function specOf(stage: Stage, packages: PackageServer, options: Partial<SpecOptions>): Record<string, unknown> {
  const { version = '4.30.0', overrides, ...rest } = options;
  const { brokerPackage, recoveryTool, distribution } = packages;
  const user = stage.nodes[0]?.brokerUser;
  return stage.spec({
    ...{ name: 'life', version, nodes: 3, distribution },
    ...(stage.gates.length > 0 && { gateHook: HOOK }),
    ...rest,
    overrides: {
      broker: { product: 'hivemq', version, package: brokerPackage, user, supervisor: 'process' },
      recovery: { tool: recoveryTool },
      policy: { drain: { clientsPerSecond: 100, timeout: '1m' }, upgrade: { soak: '0s' } },
      ...overrides,
    },
  });
}

/** The operation failed, for that reason and in words that hold the text. */
export function expectFailure({ failure }: End, kind: Failure['kind'], text: string): void {
  expect(failure?.message ?? 'it completed').toContain(text);
  expect(failure?.kind).toBe(kind);
}
