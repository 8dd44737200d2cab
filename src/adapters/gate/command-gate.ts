import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import { type Argv, checkTemplate, filledTemplate } from '../hook-arguments.js';
import type { TrafficGate } from '../ports/index.js';
import type { ProgramResult } from '../run-program.js';
import { type HookRunner, runLocally } from './run-hook.js';

/**
 * Commands of one gate, defined at the worker; a spec only names the hook. `{host}` and `{backend}` (address:port) stand
 * for whole arguments. No shell is involved.
 */
export interface GateHook {
  readonly open: Argv;
  readonly close: Argv;
  /** Prints JSON, `{ "n1": true, "n2": false }`: whether new connections are sent to each host. */
  readonly list: Argv;
  /** Milliseconds for each command; default 30 000. */
  readonly timeout?: number;
}

export type GateHooks = Readonly<Record<string, GateHook>>;

/** A gate by the name that a spec gives. @throws InvalidInput for an unknown name or a hook that is not well defined */
export function commandGate(hooks: GateHooks, name: string, run: HookRunner = runLocally): TrafficGate {
  const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
  if (!hook) {
    const known = Object.keys(hooks).join(', ') || 'none';
    throw new HivekeeperError(
      'InvalidInput',
      `The spec names the hook "${name}", which this worker does not define (defined: ${known}). Define it in the worker's configuration.`,
      { hook: name },
    );
  }
  for (const argv of [hook.open, hook.close, hook.list]) checkTemplate(name, argv, ['host', 'backend']);
  return new CommandGate(name, hook, run);
}

class CommandGate implements TrafficGate {
  readonly name: string;

  constructor(
    private readonly hook: string,
    private readonly commands: GateHook,
    private readonly runHook: HookRunner,
  ) {
    this.name = `command:${hook}`;
  }

  async open(host: string, backend: string): Promise<'opened' | 'already-open'> {
    if ((await this.list())[host] === true) return 'already-open';
    await this.run(this.commands.open, { host, backend });
    await this.confirm(host, true);
    return 'opened';
  }

  async close(host: string): Promise<'closed' | 'already-closed'> {
    if ((await this.list())[host] !== true) return 'already-closed';
    await this.run(this.commands.close, { host, backend: '' });
    await this.confirm(host, false);
    return 'closed';
  }

  async list(): Promise<Readonly<Record<string, boolean>>> {
    const text = await this.run(this.commands.list, { host: '', backend: '' });
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = null;
    }
    const entries =
      typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Object.entries(parsed) : null;
    if (!entries?.every((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')) {
      throw this.failed('list', `printed ${JSON.stringify(text.slice(0, 200))}, expected JSON like {"n1": true}`);
    }
    return Object.fromEntries(entries);
  }

  /** A hook that exits 0 and did nothing would let clients be sent to a node that stops. */
  private async confirm(host: string, open: boolean): Promise<void> {
    if (((await this.list())[host] === true) !== open) {
      throw this.failed(
        open ? 'open' : 'close',
        `ended well, but the list still shows ${host} as ${open ? 'closed' : 'open'}`,
      );
    }
  }

  private async run(template: Argv, values: { host: string; backend: string }): Promise<string> {
    const filled = filledTemplate(template, values);
    if ('dashed' in filled) throw this.failed('arguments', `"${filled.dashed}" may not begin with a dash`);
    const { argv } = filled;
    const [program] = argv;
    let result: ProgramResult;
    try {
      result = await this.runHook(argv, this.commands.timeout ?? 30_000);
    } catch (error) {
      throw this.failed(program, messageOf(error), error);
    }
    if (result.code !== 0) {
      throw this.failed(program, `ended with code ${result.code}: ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
    }
    return result.stdout;
  }

  private failed(what: string, why: string, cause?: unknown): HivekeeperError {
    const message = `The hook "${this.hook}" failed: ${what} ${why}. Check its definition at the worker and the load balancer.`;
    return new HivekeeperError('GateFailed', message, { hook: this.hook }, { cause });
  }
}
