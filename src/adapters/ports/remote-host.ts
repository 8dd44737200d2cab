import type { Duplex, Readable } from 'node:stream';

/** One command on a host: an argument list, never a line for a shell. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Values and secrets travel here, never in `argv` or the environment. */
  readonly stdin?: string | Buffer | Readable;
  /** Run as this user by `sudo -n`; default: the log-in user. */
  readonly asUser?: string;
  /** Milliseconds after which the channel is closed and the call fails; default 60 000. */
  readonly timeout?: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WriteOptions {
  /** Octal permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly asUser?: string;
}

export interface HttpRequest {
  /** Address and port as seen from the host itself, normally its loopback. */
  readonly address: string;
  readonly port: number;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** A host as activities see it: everything goes over the one SSH connection that is open to it. */
export interface RemoteHost {
  readonly name: string;
  /** Runs a command to its end. A non-zero exit code is a result, not an error. @throws HostUnreachable, CommandTimedOut */
  exec(command: Command, signal?: AbortSignal): Promise<CommandResult>;
  /** As `exec`, but a non-zero exit is a CommandFailed error that carries the output. */
  run(command: Command, signal?: AbortSignal): Promise<CommandResult>;
  /** Runs a POSIX sh program given by standard input, with its positional parameters. Non-zero exit: CommandFailed. */
  script(
    program: string,
    parameters: readonly string[],
    options?: { asUser?: string; timeout?: number; signal?: AbortSignal },
  ): Promise<CommandResult>;
  /** Writes through a temporary name, sync and rename; content that is already there (by SHA-256) is left alone. */
  writeFile(path: string, content: string | Buffer, options: WriteOptions): Promise<'written' | 'unchanged'>;
  /** The file's text, or null where there is none. */
  readFile(path: string, options?: { asUser?: string }): Promise<string | null>;
  /** Streams a local file to the host and verifies its SHA-256 there; a file that is already whole is left alone. */
  upload(
    localFile: string,
    path: string,
    options: WriteOptions & { sha256: string; signal?: AbortSignal; onProgress?: (bytes: number) => void },
  ): Promise<'written' | 'unchanged'>;
  /** The output of a command as a stream, for copying folders between hosts. Fails the stream when the command fails. */
  stream(command: Command, signal?: AbortSignal): Promise<Readable>;
  /** Calls `onLine` for each whole line after byte `from`, rotation included, until the signal aborts or `onLine` returns false. Resolves to the byte reached. */
  follow(
    path: string,
    options: {
      from: number;
      asUser?: string;
      signal: AbortSignal;
      onLine: (line: string, position: number) => boolean | undefined;
    },
  ): Promise<number>;
  /** An HTTP request to an API on the host's own loopback, forwarded over the SSH connection. @throws ApiUnreachable */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>;
  /**
   * A TCP connection from this host to address:port as a stream, forwarded over the SSH connection; an abort ends it.
   * The caller destroys it, which frees its channel. @throws ApiUnreachable
   */
  open(address: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  /**
   * A connection to a unix socket of this host, which the log-in user may use, forwarded over the SSH connection; an abort
   * ends it. The caller destroys it, which frees its channel. @throws ApiUnreachable
   */
  openUnix(socket: string, signal?: AbortSignal): Promise<Duplex>;
  /** Whether a TCP connection from this host to address:port is accepted. */
  canConnect(address: string, port: number, timeout?: number): Promise<boolean>;
}

/** How to reach a host; every field comes from the spec. */
export interface HostTarget {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile: string;
  /** Accepted fingerprints, `SHA256:…`; any other key is refused before authentication. */
  readonly hostKeys: readonly string[];
  /** `none`: `asUser` is ignored and everything runs as the log-in user. */
  readonly become: 'sudo' | 'none';
}

/** Open connections, one per target, shared by all activities of a worker and closed when idle. */
export interface HostPool {
  /** @throws HostUnreachable, HostKeyMismatch, AuthenticationFailed */
  connect(target: HostTarget, signal?: AbortSignal): Promise<RemoteHost>;
  /** The fingerprints that a host presents, without logging in. */
  scan(address: string, port: number): Promise<string[]>;
  close(): Promise<void>;
}
