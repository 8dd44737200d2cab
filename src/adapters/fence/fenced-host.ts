import type { Duplex, Readable } from 'node:stream';
import type { Command, CommandResult, HttpRequest, HttpResponse, RemoteHost, WriteOptions } from '../ports/index.js';
import { assertFence, fencedScript, type Fence } from './fenced-script.js';

/**
 * The same host for an operation that may change it. Scripts run under the lock and after the comparison, in one shell.
 * Commands, files and uploads are preceded by the comparison; they are idempotent, so that the instant between is harmless.
 * What only reads (`readFile`, `stream`, `follow`, `request`, `open`, `openUnix`, `canConnect`) is not fenced.
 */
export class FencedHost implements RemoteHost {
  readonly name: string;

  constructor(
    private readonly host: RemoteHost,
    private readonly fence: Fence,
  ) {
    this.name = host.name;
  }

  async exec(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    await assertFence(this.host, this.fence, signal);
    return this.host.exec(command, signal);
  }

  async run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    await assertFence(this.host, this.fence, signal);
    return this.host.run(command, signal);
  }

  async script(
    program: string,
    parameters: readonly string[],
    options: { asUser?: string; timeout?: number; signal?: AbortSignal } = {},
  ): Promise<CommandResult> {
    if (options.asUser === this.fence.user) return fencedScript(this.host, this.fence, program, parameters, options);
    // Another user may not own the lock file of this home.
    await assertFence(this.host, this.fence, options.signal);
    return this.host.script(program, parameters, options);
  }

  async writeFile(path: string, content: string | Buffer, options: WriteOptions): Promise<'written' | 'unchanged'> {
    await assertFence(this.host, this.fence);
    return this.host.writeFile(path, content, options);
  }

  async upload(
    localFile: string,
    path: string,
    options: Parameters<RemoteHost['upload']>[2],
  ): Promise<'written' | 'unchanged'> {
    await assertFence(this.host, this.fence, options.signal);
    return this.host.upload(localFile, path, options);
  }

  readFile(path: string, options?: { asUser?: string }): Promise<string | null> {
    return this.host.readFile(path, options);
  }

  stream(command: Command, signal?: AbortSignal): Promise<Readable> {
    return this.host.stream(command, signal);
  }

  follow(path: string, options: Parameters<RemoteHost['follow']>[1]): Promise<number> {
    return this.host.follow(path, options);
  }

  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    return this.host.request(request, signal);
  }

  open(address: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return this.host.open(address, port, signal);
  }

  openUnix(socket: string, signal?: AbortSignal): Promise<Duplex> {
    return this.host.openUnix(socket, signal);
  }

  canConnect(address: string, port: number, timeout?: number): Promise<boolean> {
    return this.host.canConnect(address, port, timeout);
  }
}
