import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TemporalServer } from '../../../src/worker/temporal-server/index.js';
import { workflowBundle } from '../../workflows/support/bundle.js';

export interface WorkerWorld {
  readonly server: TemporalServer;
  /** Folder for settings and data; all workers of a scenario share the data. */
  readonly folder: string;
  readonly hooks: Readonly<Record<string, Readonly<Record<'open' | 'close' | 'list', readonly string[]>>>>;
  /** What powers hosts off. Default: nothing */
  readonly fencing?: Readonly<Record<string, Readonly<Record<'fence' | 'verify', readonly string[]>>>> | undefined;
}

/** A worker of the product in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** As Temporal's histories name it. */
  readonly identity: string;
  /** Resolves when it has ended, with the signal that ended it or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number>;
  /** What it did last before it was killed as asked; undefined while it lives. */
  lastWords(): unknown;
  stop(): Promise<void>;
}

const GRACE_MS = 4_000;
let compiled: Promise<string> | undefined;
let started = 0;

/** Compiled from the sources, as the tests themselves are; beside the project's packages, so that it finds them. */
function workerProgram(): Promise<string> {
  const folder = fileURLToPath(new URL('../../../.hivekeeper/scenarios/', import.meta.url));
  const outfile = path.join(folder, `worker-${process.pid}.mjs`);
  compiled ??= build({
    entryPoints: [fileURLToPath(new URL('worker-program.ts', import.meta.url))],
    ...{ outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20' },
    logLevel: 'error',
  }).then(() => outfile);
  return compiled;
}

async function bundleFile(): Promise<string> {
  const file = path.join(path.dirname(await workerProgram()), `workflows-${process.pid}.js`);
  if (!existsSync(file)) await writeFile(file, await workflowBundle());
  return file;
}

/** Removes what was compiled, once no worker needs it any more. */
export async function removePrograms(): Promise<void> {
  if (compiled === undefined) return;
  await Promise.all([rm(await workerProgram(), { force: true }), rm(await bundleFile(), { force: true })]);
}

/** Where the workers of a folder write down the connections that they open, `address:port` a line. */
export function connectionsFile(folder: string): string {
  return path.join(folder, 'connections.log');
}

/**
 * Returns when the worker polls.
 * @param dieAfter type of the activity after which it kills itself, before the completion is reported
 */
export async function startWorker(world: WorkerWorld, dieAfter?: string): Promise<WorkerProcess> {
  const { server, folder, hooks, fencing } = world;
  const [program, bundle] = [await workerProgram(), await bundleFile()];
  started += 1;
  const file = path.join(folder, `worker-${started}.json`);
  const lastWords = path.join(folder, `last-words-${started}.json`);
  const { address, namespace } = server;
  const config = { data: path.join(folder, 'data'), secrets: 'all', hooks, fencing };
  const settings = { address, namespace, config, bundle, connections: connectionsFile(folder), lastWords, dieAfter };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(settings));
  const log = path.join(folder, `worker-${started}.log`);
  const child = spawn(process.execPath, [program, file], { stdio: ['pipe', 'pipe', openSync(log, 'w')] });
  const ended = new Promise<NodeJS.Signals | number>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) resolve();
    });
  });
  const died = ended.then((how) => {
    throw new Error(`The worker ended at its start: ${how} ${readFileSync(log, 'utf8')}`);
  });
  died.catch(() => undefined);
  await Promise.race([ready, died]);
  const pid = child.pid ?? -1;
  return {
    ...{ pid, ended, identity: `${pid}@${hostname()}` },
    lastWords: (): unknown => (existsSync(lastWords) ? JSON.parse(readFileSync(lastWords, 'utf8')) : undefined),
    stop: () => end(child, ended),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}
