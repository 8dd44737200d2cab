import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface WorkerProcessOptions {
  /** `host:port` of the Temporal server. */
  readonly address: string;
  readonly namespace: string;
  /** Folder for the worker's configuration and data. */
  readonly folder: string;
  readonly logFile: string;
  /** Command hooks: what opens and closes the traffic gate. */
  readonly hooks: Readonly<Record<string, Readonly<Record<'open' | 'close' | 'list', readonly string[]>>>>;
}

/** `hivekeeper worker` as a process of its own, as in production. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it has ended, with what it wrote last. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const GRACE_MS = 5_000;
const TAIL = 1_500;
/** What `hivekeeper worker` says when it polls. */
const READY = 'ready: worker of';

/** Returns when the worker polls. @throws Error when the product was not built, or with the worker's words when it ended */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { address, namespace, folder, logFile, hooks } = options;
  // The records of an earlier demo tell of hosts that are gone.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await mkdir(path.dirname(logFile), { recursive: true });
  const configFile = path.join(folder, 'worker.json');
  // One user owns everything here, so that the worker may read what the spec refers to.
  await writeFile(configFile, JSON.stringify({ data: path.join(folder, 'data'), secrets: 'all', hooks }, null, 2));
  const args = ['worker', '--config', configFile, '--address', address, '--namespace', namespace];
  const child = spawn(process.execPath, [commandFile(), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C is for the demo, which ends the worker after what it still needs it for.
    detached: true,
  });
  const log = createWriteStream(logFile);
  let tail = '';
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      tail = (tail + text).slice(-TAIL);
      if (tail.includes(READY)) isReady();
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      log.end();
      resolve(`${tail.trim()} (exit ${code ?? signal ?? 'unknown'})`);
    });
  });
  const died = ended.then((words) => {
    throw new Error(`The worker ended at its start: ${words}`);
  });
  await Promise.race([ready, died]);
  died.catch(() => undefined);
  return { pid: child.pid ?? -1, ended, stop: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}

/** The command line of the product, beside this module's package. */
function commandFile(): string {
  const file = fileURLToPath(new URL('../../../bin/hivekeeper.js', import.meta.url));
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build".`);
  return file;
}
