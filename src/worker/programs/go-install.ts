import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';

export interface GoInstall {
  /** The Go tool chain's program. */
  readonly go: string;
  /** `module@version`; always a pinned version, so that all machines run the same. */
  readonly module: string;
  readonly name: string;
  /** Folder that the program comes to lie in; made when missing. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Go itself could not be run; the message is the system's. */
export class GoNotRun extends Error {}
/** Go ran and did not build the program; the message says what it said. */
export class GoInstallFailed extends Error {}

/**
 * Builds a Go program beside its place and renames it: an interrupted build, or two at once, never leave half a program.
 *
 * @returns the program's path
 * @throws GoNotRun, GoInstallFailed
 */
export async function goInstall({ go, module, name, folder, env }: GoInstall): Promise<string> {
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(path.join(folder, '.build-'));
  try {
    await run(go, module, { ...env, GOBIN: scratch });
    const program = path.join(folder, name);
    await rename(path.join(scratch, name), program);
    return program;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function run(go: string, module: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(go, ['install', module], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let tail = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2000);
    });
    child.on('error', (error) => {
      reject(new GoNotRun(error.message));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new GoInstallFailed(`go install ${module} failed (exit ${code ?? 'signal'}):\n${tail}`));
    });
  });
}
