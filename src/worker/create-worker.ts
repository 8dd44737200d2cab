import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkerInterceptors, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Dependencies, RecordService } from '../activities/index.js';
import { taskQueue } from '../domain/operations/index.js';
import { createDependencies } from './dependencies.js';
import type { WorkerConfig } from './config.js';
import { ensureSearchAttributes } from './search-attributes.js';

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly config: WorkerConfig;
  /** Replaces parts of the world, for tests. */
  readonly replace?: Partial<Dependencies>;
  /** A bundle made before; default: the one of the build. */
  readonly workflowBundle?: { readonly codePath: string };
  /** Told about workflows and activities as they run, for telemetry and tests. */
  readonly interceptors?: WorkerInterceptors;
}

export interface HivekeeperWorker {
  /** Polls until `shutdown` or a signal; resolves when everything under way has ended or was handed on. */
  run(): Promise<void>;
  shutdown(): void;
}

/** The worker of one site: registers the search attributes, polls the task queue `hivekeeper`. */
export async function createWorker(settings: WorkerSettings): Promise<HivekeeperWorker> {
  const { connection, namespace, config } = settings;
  await ensureSearchAttributes(connection, namespace);
  const client = new Client({ connection, namespace });
  const world = createDependencies(config);
  const records = new RecordService(client, world.store);
  const dependencies: Dependencies = { ...world, records, ...settings.replace };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: createActivities(dependencies),
    ...workflows(settings.workflowBundle),
    ...(settings.interceptors && { interceptors: settings.interceptors }),
    ...tuning,
  });
  return {
    run: async () => {
      try {
        await worker.run();
      } finally {
        await dependencies.hosts.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}

/**
 * A worker that was killed is noticed after the sticky queue's timeout, 10 s by default; heartbeats carry what a step
 * has done, so they must not be held back for long; and a deploy of the worker lets steps end or be handed on.
 */
const tuning = {
  stickyQueueScheduleToStartTimeout: '2s',
  maxHeartbeatThrottleInterval: '500ms',
  shutdownGraceTime: '30s',
  maxCachedWorkflows: 500,
} as const satisfies Partial<WorkerOptions>;

function workflows(bundle?: {
  codePath: string;
}): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'> {
  if (bundle) return { workflowBundle: { codePath: bundle.codePath } };
  const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  const source = new URL(
    import.meta.url.endsWith('.ts') ? '../workflows/index.ts' : '../workflows/index.js',
    import.meta.url,
  );
  // Workflows carry the schema of specs and never read one, so that nothing of them asks for a calendar.
  return {
    workflowsPath: fileURLToPath(source),
    bundlerOptions: { preloadModules: ['zod'], ignoreModules: ['croner'] },
  };
}
