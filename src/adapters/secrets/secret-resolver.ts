import { readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve, sep } from 'node:path';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { Secret } from '../../domain/spec/index.js';

/**
 * What specs may refer to on this worker. `all` is for a worker that runs as the same user who writes the specs; a
 * shared worker names variables, and files or folders, because a spec could read anything of the worker otherwise.
 */
export type SecretAllowList =
  | 'all'
  | {
      readonly env: readonly string[];
      /** Absolute paths; a folder allows what lies below it. */
      readonly files: readonly string[];
    };

/** Turns references into values, at the worker, within an activity. No message ever holds a value. */
export interface SecretResolver {
  /** The value as text, without one trailing newline. @throws SecretMissing */
  resolve(secret: Secret): Promise<string>;
  /** The value as it is, for key material. @throws SecretMissing */
  resolveBytes(secret: Secret): Promise<Buffer>;
}

export class WorkerSecrets implements SecretResolver {
  constructor(
    private readonly allowed: SecretAllowList,
    private readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {}

  async resolve(secret: Secret): Promise<string> {
    return (await this.resolveBytes(secret)).toString('utf8').replace(/\r?\n$/, '');
  }

  async resolveBytes(secret: Secret): Promise<Buffer> {
    const bytes = 'env' in secret ? this.fromEnvironment(secret.env) : await this.fromFile(secret.file);
    // An empty value is what an unset variable of a unit file looks like; no broker secret is meant to be empty.
    if (bytes.length === 0) throw missing(nameOf(secret), 'it is empty');
    return bytes;
  }

  private fromEnvironment(name: string): Buffer {
    const reference = nameOf({ env: name });
    if (this.allowed !== 'all' && !this.allowed.env.includes(name)) throw notAllowed(reference);
    const value = this.environment[name];
    if (value === undefined) throw missing(reference, 'the variable is not set');
    return Buffer.from(value);
  }

  private async fromFile(file: string): Promise<Buffer> {
    const reference = nameOf({ file });
    const path = resolve(file.replace(/^~(?=\/)/, homedir()));
    // The name alone decides about files that do not exist, so that a refusal tells nothing of the worker's disk.
    if (!this.fileAllowed(path)) throw notAllowed(reference);
    try {
      const real = await realpath(path);
      if (!(await this.targetAllowed(real))) throw notAllowed(reference);
      return await readFile(real);
    } catch (error) {
      if (error instanceof HivekeeperError) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      throw missing(reference, `the file cannot be read (${code})`);
    }
  }

  private fileAllowed(path: string, files = this.allowed === 'all' ? null : this.allowed.files): boolean {
    return files === null || files.some((allowed) => path === allowed || path.startsWith(allowed + sep));
  }

  /** A symbolic link in an allowed folder must not lead out of what is allowed. */
  private async targetAllowed(real: string): Promise<boolean> {
    if (this.allowed === 'all') return true;
    const files = await Promise.all(this.allowed.files.map((file) => realpath(file).catch(() => file)));
    return this.fileAllowed(real, files);
  }
}

function nameOf(secret: Secret): string {
  return 'env' in secret ? `{ env: ${secret.env} }` : `{ file: ${secret.file} }`;
}

function missing(reference: string, why: string): HivekeeperError {
  const message = `The secret ${reference} cannot be resolved at the worker: ${why}. Provide it there and run the operation again.`;
  return new HivekeeperError('SecretMissing', message, { reference });
}

function notAllowed(reference: string): HivekeeperError {
  const message = `The secret ${reference} is not on the allow-list of the worker. Add it to the worker's configuration if specs may use it.`;
  return new HivekeeperError('SecretMissing', message, { reference });
}
