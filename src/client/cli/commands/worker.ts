import path from 'node:path';
import { temporalAddress } from '../../temporal/connection.js';
import type { CommandModule } from './index.js';
import { parsePort } from './shared/port.js';
import { addTemporalOptions, temporalOptions } from './shared/temporal-options.js';

/** `hivekeeper worker`: runs operations for an existing Temporal server until it is stopped. */
export const registerWorker: CommandModule = (program, io) => {
  const command = program
    .command('worker')
    .summary('run a worker for an existing Temporal server')
    .description(
      'Runs the operations that a Temporal server hands out, until it is stopped; what is under way is handed on.',
    )
    .option('--config <file>', 'configuration of the worker: data folder, secrets, hooks');
  addTemporalOptions(command);
  command.action(async ({ config }) => {
    const [{ loadWorkerConfig, workerConfigSchema }, { connectWorker }] = await Promise.all([
      import('../../../worker/config.js'),
      import('../../../worker/run-worker.js'),
    ]);
    const settings =
      config === undefined ? workerConfigSchema.parse({}) : await loadWorkerConfig(path.resolve(io.cwd, config));
    const target = temporalAddress(temporalOptions(command), io.env);
    const worker = await connectWorker({ ...target, config: settings });
    io.stderr.write(`ready: worker of ${target.address}, namespace ${target.namespace}\n`);
    await worker.run();
  });
};

/** `hivekeeper up`: a private Temporal server with its UI, and a worker. */
export const registerUp: CommandModule = (program, io) => {
  program
    .command('up')
    .summary('run Temporal, its UI and a worker on this machine')
    .description(
      'Everything for real clusters from one machine: a private Temporal server that keeps its state in a file, its UI, and a worker. This machine is of one user, so a spec may use all of its secrets unless --config says otherwise.',
    )
    .option('--config <file>', 'configuration of the worker: data folder, secrets, hooks')
    .option('--address <host:port>', 'use this Temporal server instead of a private one')
    .option('--namespace <name>', 'namespace to work in', 'default')
    .option('--port <port>', 'port of the private server', parsePort, 7233)
    .option('--ui-port <port>', 'port of its UI', parsePort, 8233)
    .action(async ({ config, address, namespace, port, uiPort }) => {
      const [{ loadWorkerConfig, workerConfigSchema }, { up }] = await Promise.all([
        import('../../../worker/config.js'),
        import('../../../worker/up.js'),
      ]);
      const settings =
        config === undefined
          ? workerConfigSchema.parse({ secrets: 'all' })
          : await loadWorkerConfig(path.resolve(io.cwd, config));
      const say = (line: string): void => void io.stderr.write(`${line}\n`);
      await up({ config: settings, namespace, port, uiPort, say, ...(address !== undefined && { address }) });
    });
};
