import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import type { WorkerConfig } from './config.js';
import { createWorker, type HivekeeperWorker } from './create-worker.js';

export interface WorkerRun {
  readonly address: string;
  readonly namespace: string;
  readonly config: WorkerConfig;
}

/** Connects and makes a worker ready to poll. The SDK's own log goes to standard error, from warnings up. */
export async function connectWorker(run: WorkerRun): Promise<HivekeeperWorker> {
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
  const connection = await NativeConnection.connect({ address: run.address });
  const worker = await createWorker({ connection, namespace: run.namespace, config: run.config });
  return {
    run: async () => {
      try {
        await worker.run();
      } finally {
        await connection.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}
