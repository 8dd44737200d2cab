import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Command, CommandResult, RemoteHost, WriteOptions } from '../../../../src/adapters/ports/index.js';
import {
  type FileRunner,
  readRemoteFile,
  uploadFile,
  type UploadOptions,
  writeRemoteFile,
} from '../../../../src/adapters/ssh/files.js';
import { scriptCommand } from '../../../../src/adapters/ssh/script.js';
import { HivekeeperError } from '../../../../src/domain/errors/index.js';

type RawCommand = Parameters<FileRunner['runRaw']>[0];
type RawResult = Awaited<ReturnType<FileRunner['runRaw']>>;

/** This machine as a host, without SSH: the same programs with the same shell, many in a second. */
export class LocalHost implements RemoteHost, FileRunner {
  readonly name = 'n1';

  /** @param enter argument list before each command, e.g. to enter a namespace */
  constructor(private readonly enter: readonly string[] = []) {}

  async runRaw({ argv, stdin, expected = [] }: RawCommand): Promise<RawResult> {
    const [program = '', ...args] = [...this.enter, ...argv];
    const child = spawn(program, args, { env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
    child.stdin.on('error', () => undefined);
    if (stdin instanceof Readable) stdin.on('error', () => child.stdin.destroy()).pipe(child.stdin);
    else child.stdin.end(stdin ?? '');
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
    if (code === 0 || expected.includes(code)) return { code, stdout, stderr, truncated: false };
    const said = stderr.toString();
    throw new HivekeeperError('CommandFailed', `${this.name}: ${argv[0]} ended with code ${code}: ${said.trim()}`, {
      ...{ host: this.name, program: argv[0], code, stdout: stdout.toString(), stderr: said.slice(-2000) },
    });
  }

  async exec({ argv, stdin }: Command): Promise<CommandResult> {
    try {
      return await this.run({ argv, ...(stdin !== undefined && { stdin }) });
    } catch (error) {
      if (!(error instanceof HivekeeperError)) throw error;
      const { code, stdout, stderr } = error.details;
      return { code: Number(code), stdout: String(stdout), stderr: String(stderr) };
    }
  }

  async run({ argv, stdin }: Command): Promise<CommandResult> {
    const { code, stdout, stderr } = await this.runRaw({ argv, timeout: 0, ...(stdin !== undefined && { stdin }) });
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  script(program: string, parameters: readonly string[]): Promise<CommandResult> {
    return this.run(scriptCommand(program, parameters));
  }

  writeFile(path: string, content: string | Buffer, options: WriteOptions): Promise<'written' | 'unchanged'> {
    return writeRemoteFile(this, path, content, options);
  }

  readFile(path: string): Promise<string | null> {
    return readRemoteFile(this, path);
  }

  upload(localFile: string, path: string, options: UploadOptions): Promise<'written' | 'unchanged'> {
    return uploadFile(this, localFile, path, options);
  }

  async stream({ argv }: Command): Promise<Readable> {
    return Readable.from([(await this.runRaw({ argv, timeout: 0 })).stdout]);
  }

  readonly follow = notHere;
  readonly request = notHere;
  readonly open = notHere;
  readonly openUnix = notHere;
  readonly canConnect = notHere;
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('Placing does not ask for this.'));
}

/** A host that is lost at its `at`th call from 1 that may change something, right before or right after that was done. */
export class LosableHost extends LocalHost {
  calls = 0;

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {
    super();
  }

  override async runRaw(command: RawCommand): Promise<RawResult> {
    this.calls += 1;
    const lost = this.calls >= this.at;
    if (lost && (this.when === 'before' || this.calls > this.at)) throw unreachable();
    const result = await super.runRaw(command);
    if (lost) throw unreachable();
    return result;
  }
}

const unreachable = (): HivekeeperError => new HivekeeperError('HostUnreachable', 'n1 was lost');
