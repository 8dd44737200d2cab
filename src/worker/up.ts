import { join } from 'node:path';
import type { WorkerConfig } from './config.js';
import { connectWorker } from './run-worker.js';
import { searchAttributeTypes } from './search-attributes.js';
import { ensureTemporalProgram, startTemporalServer, type TemporalServer } from './temporal-server/index.js';

export interface UpOptions {
  readonly config: WorkerConfig;
  /** Use this Temporal server instead of a private one. */
  readonly address?: string;
  readonly namespace: string;
  readonly port: number;
  readonly uiPort: number;
  /** Takes one line per thing that is done or waited for. */
  readonly say: (line: string) => void;
}

/** Everything for real clusters from one machine: a private Temporal server that keeps its state in a file, its UI, and a worker. */
export async function up(options: UpOptions): Promise<void> {
  const server = options.address === undefined ? await privateServer(options) : null;
  const address = server?.address ?? options.address ?? '';
  try {
    const worker = await connectWorker({ address, namespace: options.namespace, config: options.config });
    options.say(`ready: Temporal at ${address}${server ? `, UI at ${server.uiUrl}` : ''}; stop with Ctrl-C`);
    await worker.run();
  } finally {
    await server?.stop();
  }
}

async function privateServer({ config, namespace, port, uiPort, say }: UpOptions): Promise<TemporalServer> {
  const program = await ensureTemporalProgram({ log: say });
  const dbFile = join(config.data, 'temporal.db');
  say(`starting Temporal, its state in ${dbFile}`);
  return await startTemporalServer({
    program,
    dbFile,
    port,
    uiPort,
    namespace,
    searchAttributes: searchAttributeTypes,
  });
}
