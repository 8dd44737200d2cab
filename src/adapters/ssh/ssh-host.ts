import type { Duplex, Readable } from 'node:stream';
import { HivekeeperError } from '../../domain/errors/index.js';
import type {
  Command,
  CommandResult,
  HostTarget,
  HttpRequest,
  HttpResponse,
  RemoteHost,
  WriteOptions,
} from '../ports/index.js';
import { runLine, type ChannelExit, type Input } from './command-channel.js';
import { hangUp } from './channel.js';
import type { SshConnection } from './connection.js';
import { readRemoteFile, uploadFile, writeRemoteFile, type FileRunner, type UploadOptions } from './files.js';
import { followFile, type FollowOptions } from './follow.js';
import { forwardedStream } from './forwarded-stream.js';
import { requestOver } from './http-request.js';
import { outputStream } from './output-stream.js';
import { commandLine } from './quote.js';
import { scriptCommand } from './script.js';

const defaultTimeout = 60_000;

interface RawCommand extends Command {
  readonly stdin?: Input;
  readonly keepOpen?: boolean;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly expected?: readonly number[];
  readonly onSent?: (bytes: number) => void;
}

/** A host over the pool's connection; a connection that broke or went idle is opened again by the next call. */
export class SshHost implements RemoteHost, FileRunner {
  readonly name: string;

  constructor(
    private readonly target: HostTarget,
    private readonly connected: (signal?: AbortSignal) => Promise<SshConnection>,
  ) {
    this.name = target.name;
  }

  async exec(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    return toResult(await this.execute({ ...command, signal }));
  }

  async run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    return toResult(await this.runRaw({ ...command, signal }));
  }

  async script(
    program: string,
    parameters: readonly string[],
    options: { asUser?: string; timeout?: number; signal?: AbortSignal } = {},
  ): Promise<CommandResult> {
    return toResult(await this.runRaw({ ...scriptCommand(program, parameters), keepOpen: true, ...options }));
  }

  writeFile(path: string, content: string | Buffer, options: WriteOptions): Promise<'written' | 'unchanged'> {
    return writeRemoteFile(this, path, content, options);
  }

  readFile(path: string, options: { asUser?: string } = {}): Promise<string | null> {
    return readRemoteFile(this, path, options.asUser);
  }

  upload(localFile: string, path: string, options: UploadOptions): Promise<'written' | 'unchanged'> {
    return uploadFile(this, localFile, path, options);
  }

  async stream(command: Command, signal?: AbortSignal): Promise<Readable> {
    const connection = await this.connected(signal);
    const channel = await connection.exec(this.line(command.argv, command.asUser), { longLived: true, signal });
    return outputStream(connection, channel, {
      title: this.title(command),
      stdin: command.stdin,
      signal,
      failure: (code, stderr) => this.failure(command, code, stderr),
    });
  }

  async follow(path: string, options: FollowOptions): Promise<number> {
    if (options.signal.aborted) return options.from;
    const connection = await this.connected(options.signal);
    return followFile(this.name, connection, path, (argv) => this.line(argv, options.asUser), options);
  }

  async request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    return requestOver(this.name, await this.connected(signal), request, signal);
  }

  async open(address: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return forwardedStream(this.name, await this.connected(signal), { address, port }, signal);
  }

  async openUnix(socket: string, signal?: AbortSignal): Promise<Duplex> {
    return forwardedStream(this.name, await this.connected(signal), { socket }, signal);
  }

  async canConnect(address: string, port: number, timeout = 5_000): Promise<boolean> {
    const connection = await this.connected();
    const channel = await connection.forward({ address, port }, { timeout });
    if (channel) hangUp(channel);
    return channel !== null;
  }

  /** As `run`, with what only this adapter needs. */
  async runRaw(command: RawCommand): Promise<ChannelExit> {
    const result = await this.execute(command);
    if (result.code === 0 || command.expected?.includes(result.code)) return result;
    throw this.failure(command, result.code, result.stderr.toString(), result.stdout.toString());
  }

  private async execute(command: RawCommand): Promise<ChannelExit> {
    const connection = await this.connected(command.signal);
    const line = this.line(command.argv, command.asUser);
    // Without input, the channel stays open for signals and the command reads nothing.
    const alone = command.stdin === undefined;
    return runLine(connection, alone ? `${line} </dev/null` : line, {
      ...command,
      keepOpen: alone || command.keepOpen,
      title: this.title(command),
      timeout: command.timeout ?? defaultTimeout,
    });
  }

  private line(argv: readonly string[], asUser: string | undefined): string {
    return commandLine(argv, this.target, asUser);
  }

  private title(command: Command): string {
    return `${this.name}: ${command.argv[0]}`;
  }

  private failure(command: Command, code: number, stderr: string, stdout = ''): HivekeeperError {
    const last = stderr.trim().split('\n').at(-1) ?? '';
    const sudo = last.startsWith('sudo:') ? ' Install the sudoers file of the documentation on this host.' : '';
    return new HivekeeperError(
      'CommandFailed',
      `${this.title(command)} ended with code ${code}${last === '' ? '' : `: ${last}`}.${sudo}`,
      { host: this.name, program: command.argv[0], code, stdout: stdout.slice(-2000), stderr: stderr.slice(-2000) },
    );
  }
}

function toResult({ code, stdout, stderr }: ChannelExit): CommandResult {
  return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}
