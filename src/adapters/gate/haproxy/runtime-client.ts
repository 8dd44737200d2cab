import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import type { RemoteHost } from '../../ports/index.js';
import {
  type AdminState,
  type Info,
  parseInfo,
  parseServersState,
  parseStat,
  type ServerState,
  type Stat,
} from './parse.js';

/** Milliseconds for one command, `wait` included. */
const answerWithin = 15_000;
/** How often what changes nothing is asked, and milliseconds between. */
const attempts = 5;
const again = 100;

/** One server of a backend, as HAProxy names both. */
export interface ServerName {
  readonly backend: string;
  readonly server: string;
}

/**
 * HAProxy of one host through its stats socket (level admin), forwarded over SSH. Each command has a connection of its own,
 * which HAProxy closes after the answer. Source: HAProxy's management guide, 9.3 "Unix Socket commands".
 */
export class RuntimeClient {
  constructor(
    private readonly host: RemoteHost,
    private readonly socket: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** The name of the balancer's host. */
  get name(): string {
    return this.host.name;
  }

  async info(): Promise<Info> {
    return this.parsed('show info', parseInfo);
  }

  async servers(): Promise<ServerState[]> {
    return this.parsed('show servers state', parseServersState);
  }

  async stat(): Promise<Stat[]> {
    return this.parsed('show stat', parseStat);
  }

  /** As `server-state-file` holds it. */
  async stateText(): Promise<string> {
    const answer = await this.read('show servers state');
    if (parseServersState(answer) === null) throw this.refused('show servers state', answer);
    return answer;
  }

  /** Existing connections stay in every state but `maint` with `on-marked-down shutdown-sessions`. */
  async setState({ backend, server }: ServerName, state: AdminState): Promise<void> {
    await this.command(`set server ${backend}/${server} state ${state}`);
  }

  /** Starts without checks and in maintenance: `args` must say `check`, and both are enabled here. */
  async addServer({ backend, server }: ServerName, address: string, args: readonly string[] = []): Promise<void> {
    const name = `${backend}/${server}`;
    await this.command(['add server', name, address, ...args].join(' '), /^New server registered/);
    if (args.includes('check')) await this.command(`enable health ${name}`);
    await this.command(`enable server ${name}`);
  }

  /** Cuts what is still connected through it: the guide's order is maintenance, sessions, wait, delete. */
  async deleteServer({ backend, server }: ServerName): Promise<void> {
    const name = `${backend}/${server}`;
    await this.command(`set server ${name} state maint`);
    await this.command(`shutdown sessions server ${name}`);
    await this.command(`del server ${name}`, /^Server deleted/);
  }

  /** A command that answers nothing, or with what is expected, when it was done. @throws GateFailed with its answer otherwise */
  private async command(line: string, done = /^$/): Promise<void> {
    const answer = await this.ask(line);
    if (!done.test(answer.trim())) throw this.refused(line, answer);
  }

  private async parsed<Result>(line: string, parse: (text: string) => Result | null): Promise<Result> {
    const answer = await this.read(line);
    const result = parse(answer);
    if (result === null) throw this.refused(line, answer);
    return result;
  }

  /** A process that ends, as at a reload, hangs up on whom it has not answered yet: that is no answer, and asked again. */
  private async read(line: string): Promise<string> {
    for (let left = attempts; left > 0; left -= 1) {
      const answer = await this.ask(line);
      if (answer !== '') return answer;
      await sleep(again, undefined, { signal: this.signal });
    }
    throw this.silent(line, 'it hung up.');
  }

  private async ask(line: string): Promise<string> {
    if (/[\n;]/.test(line))
      throw new HivekeeperError('Internal', `not one command for HAProxy: ${JSON.stringify(line)}`);
    const late = AbortSignal.timeout(answerWithin);
    const signal = this.signal ? AbortSignal.any([this.signal, late]) : late;
    try {
      const stream = await this.host.openUnix(this.socket, signal);
      try {
        // Not `end`: where only half is closed, some versions drop what they had still to say.
        stream.write(`${line}\n`);
        return await text(stream);
      } finally {
        stream.destroy();
      }
    } catch (error) {
      this.signal?.throwIfAborted();
      if (isHivekeeperError(error) && error.kind !== 'ApiUnreachable') throw error;
      throw this.silent(line, late.aborted ? `no answer within ${answerWithin} ms` : messageOf(error), error);
    }
  }

  private silent(line: string, why: string, cause?: unknown): HivekeeperError {
    const message = `${this.name}: HAProxy was not asked "${line}" at ${this.socket}: ${why} Check that it runs there.`;
    return new HivekeeperError('GateFailed', message, { host: this.name, command: line, answered: false }, { cause });
  }

  private refused(line: string, answer: string): HivekeeperError {
    const said = answer.trim().slice(0, 300) || 'nothing';
    const message = `${this.name}: HAProxy answered "${line}" with: ${said}. Compare \`show servers state\` at ${this.socket} with the cluster's members, then run the operation again.`;
    return new HivekeeperError('GateFailed', message, { host: this.name, command: line, answered: true });
  }
}
