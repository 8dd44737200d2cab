/**
 * A worker of the product as a process of its own. Its one argument is a file with its settings. It writes down every
 * TCP connection that it opens, and may be told to die: by SIGKILL, after the first activity of one kind has done its
 * work and before its completion is reported.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { DefaultLogger, NativeConnection, Runtime, type WorkerInterceptors } from '@temporalio/worker';
import { z } from 'zod';
import { createWorker } from '../../../src/worker/create-worker.js';
import { workerConfigSchema } from '../../../src/worker/config.js';

const settingsSchema = z.strictObject({
  address: z.string(),
  namespace: z.string(),
  config: workerConfigSchema,
  bundle: z.string(),
  connections: z.string(),
  /** Type of the activity after which it dies. */
  dieAfter: z.string().optional(),
  /** What it did last, written right before it dies. */
  lastWords: z.string(),
});

const settings = settingsSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));

/** Also those that are refused: an attempt is a connection that the product wanted. */
function noteConnections(file: string): void {
  const connect: unknown = Reflect.get(Socket.prototype, 'connect');
  if (typeof connect !== 'function') throw new Error('A socket that cannot connect.');
  const note = (address: unknown, port: unknown): void => appendFileSync(file, `${String(address)}:${String(port)}\n`);
  Reflect.set(Socket.prototype, 'connect', function noted(this: Socket, ...args: unknown[]): unknown {
    this.once('connect', () => note(this.remoteAddress, this.remotePort));
    this.once('error', (error: Error) => {
      if ('syscall' in error && error.syscall === 'connect' && 'address' in error && 'port' in error)
        note(error.address, error.port);
    });
    const result: unknown = Reflect.apply(connect, this, args);
    return result;
  });
}

function dyingAfter(kind: string): WorkerInterceptors {
  return {
    activity: [
      ({ info }) => ({
        inbound: {
          execute: async (input, next) => {
            const result = await next(input);
            if (info.activityType !== kind) return result;
            const { activityId, attempt } = info;
            writeFileSync(settings.lastWords, JSON.stringify({ activityId, attempt, pid: process.pid }));
            process.kill(process.pid, 'SIGKILL');
            return await new Promise<never>(() => undefined);
          },
        },
      }),
    ],
  };
}

// A test that was killed leaves no worker behind.
process.stdin.once('end', () => process.exit(1)).resume();
noteConnections(settings.connections);
Runtime.install({
  logger: new DefaultLogger('WARN'),
  telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
});
const { address, namespace, config, bundle } = settings;
const connection = await NativeConnection.connect({ address });
const worker = await createWorker({
  ...{ connection, namespace, config, workflowBundle: { codePath: bundle } },
  ...(settings.dieAfter !== undefined && { interceptors: dyingAfter(settings.dieAfter) }),
});
const ended = worker.run();
process.stdout.write('ready\n');
await ended;
await connection.close();
process.exit(0);
