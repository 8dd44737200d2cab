import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { until } from '../../../conformance/support/sim.js';

/** Where a program lies, on the PATH or where Go installs; undefined when it is missing. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', path.join(homedir(), 'go', 'bin')];
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error(`${host} has no free port.`);
  return address.port;
}

/** A server that a test has started. */
export class Program {
  output = '';

  private constructor(private readonly child: ChildProcess) {}

  /** @param answers whether it serves already */
  static async start(
    file: string,
    args: string[],
    env: Record<string, string>,
    answers: () => Promise<boolean>,
  ): Promise<Program> {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ...env } });
    const program = new Program(child);
    const take = (chunk: Buffer): void => void (program.output += chunk.toString());
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    await until(`${path.basename(file)} answers`, async () => {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}.\n${program.output}`);
      return answers();
    });
    return program;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exit;
  }
}
