import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkflowNotFoundError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { run } from '../../../src/client/cli/program.js';
import { connect, type TemporalSession } from '../../../src/client/temporal/index.js';
import { taskQueue } from '../../../src/domain/operations/index.js';
import { recordWorkflowId, type RecordState } from '../../../src/domain/record/index.js';
import { withTemporal } from '../../support/temporal.js';
import { stubActivities } from './stub-activities.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs; what it has written so far can be read while it does. */
export interface Running {
  readonly written: { stdout: string; stderr: string };
  readonly ended: Promise<Ran>;
}

/** A real Temporal server with a worker whose workflows are stubs, and a command line that is pointed at it. */
export interface StubWorld {
  readonly session: TemporalSession;
  readonly folder: string;
  start(args: readonly string[], options?: { isTTY?: boolean }): Running;
  run(...args: string[]): Promise<Ran>;
  write(name: string, content: string): Promise<void>;
  /** Ends a workflow at once; one that has ended is left as it is. */
  terminate(workflowId: string): Promise<void>;
  /** Starts the record of a cluster; it is gone after the test. */
  record(state: RecordState): Promise<void>;
}

export function withStubWorld(): () => StubWorld {
  const server = withTemporal();
  let world: StubWorld | undefined;
  const records: string[] = [];
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    // Tests press Ctrl-C in this very process, which must not end the worker.
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      shutdownSignals: [],
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    });
    const { address, namespace } = server();
    const workflowsPath = fileURLToPath(new URL('./stub-workflows.ts', import.meta.url));
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    const connection = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle,
      activities: stubActivities,
    });
    const working = worker.run();
    const session = await connect({ address, namespace });
    const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-client-'));
    closers.push(
      () => session.close(),
      async () => {
        worker.shutdown();
        await working;
      },
      () => connection.close(),
      () => rm(folder, { recursive: true, force: true }),
    );
    world = {
      session,
      folder,
      ...commandLine(address, folder),
      record: (state) => startRecord(session, state),
      terminate: (id) => terminate(session, id),
    };
  });
  const startRecord = async (session: TemporalSession, state: RecordState): Promise<void> => {
    const workflowId = recordWorkflowId(state.cluster);
    records.push(workflowId);
    await session.client.workflow.start('clusterRecord', { workflowId, taskQueue, args: [state] });
  };
  afterEach(async () => {
    for (const id of records.splice(0)) await world?.terminate(id);
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });
  return () => {
    if (world === undefined) throw new Error('The world is there only while tests run.');
    return world;
  };
}

async function terminate({ client }: TemporalSession, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).terminate('end of the test');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

function commandLine(address: string, folder: string): Pick<StubWorld, 'start' | 'run' | 'write'> {
  const start: StubWorld['start'] = (args, { isTTY = false } = {}) => {
    const written = { stdout: '', stderr: '' };
    const code = run(args, {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      isTTY,
      env: { TEMPORAL_ADDRESS: address, HOME: folder },
      cwd: folder,
    });
    return { written, ended: code.then((value) => ({ code: value, ...written })) };
  };
  return {
    start,
    run: (...args) => start(args).ended,
    write: (name, content) => writeFile(path.join(folder, name), content),
  };
}
