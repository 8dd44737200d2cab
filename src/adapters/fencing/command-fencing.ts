import { setTimeout as sleep } from 'node:timers/promises';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import { type Argv, checkTemplate, filledTemplate } from '../hook-arguments.js';
import type { FencedOff, Fencing } from '../ports/index.js';
import { type ProgramResult, runProgram } from '../run-program.js';

/**
 * Commands that power a host off, defined at the worker; a spec only names the hook. `{host}` (the name in the spec) and
 * `{address}` stand for whole arguments. No shell is involved.
 */
export interface FencingHook {
  /** Powers the host off; ends well as well where it is off already. */
  readonly fence: Argv;
  /** Ends well when the host is off, and with another code when it is not. */
  readonly verify?: Argv | undefined;
  /** Milliseconds for each command, and for `verify` to see the host off; default 60 000. */
  readonly timeout?: number | undefined;
}

export type FencingHooks = Readonly<Record<string, FencingHook>>;

const LOOK_EVERY = 500;

/** Fencing by the name that a spec gives. @throws InvalidInput for an unknown name or a hook that is not well defined */
export function commandFencing(hooks: FencingHooks, name: string): Fencing {
  const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
  if (!hook) {
    const known = Object.keys(hooks).join(', ') || 'none';
    throw new HivekeeperError(
      'InvalidInput',
      `The spec names the fencing hook "${name}", which this worker does not define (defined: ${known}). Define it under \`fencing\` in the worker's configuration.`,
      { hook: name },
    );
  }
  for (const argv of [hook.fence, ...(hook.verify ? [hook.verify] : [])])
    checkTemplate(name, argv, ['host', 'address']);
  return new CommandFencing(name, hook);
}

class CommandFencing implements Fencing {
  private readonly timeout: number;

  constructor(
    readonly name: string,
    private readonly commands: FencingHook,
  ) {
    this.timeout = commands.timeout ?? 60_000;
  }

  async powerOff(host: FencedOff, signal: AbortSignal): Promise<'powered off' | 'was off already'> {
    if (await this.isOff(host, signal)) return 'was off already';
    const { code, stderr } = await this.run(host, this.commands.fence, signal);
    if (code !== 0) throw this.failed(host, this.commands.fence, `ended with code ${code}: ${lastLine(stderr)}`);
    await this.confirm(host, signal);
    return 'powered off';
  }

  /** A command that ends well and did nothing would let a node that serves be given up. */
  private async confirm(host: FencedOff, signal: AbortSignal): Promise<void> {
    const { verify } = this.commands;
    if (!verify) return;
    const deadline = Date.now() + this.timeout;
    while (!(await this.isOff(host, signal))) {
      if (Date.now() > deadline)
        throw this.failed(host, verify, `still says that the host is on after ${this.timeout} ms`);
      await sleep(LOOK_EVERY, undefined, { signal });
    }
  }

  private async isOff(host: FencedOff, signal: AbortSignal): Promise<boolean> {
    const { verify } = this.commands;
    return verify !== undefined && (await this.run(host, verify, signal)).code === 0;
  }

  private async run(host: FencedOff, template: Argv, signal: AbortSignal): Promise<ProgramResult> {
    const filled = filledTemplate(template, { ...host });
    if ('dashed' in filled) throw this.failed(host, template, `was given "${filled.dashed}", which begins with a dash`);
    try {
      return await runProgram(filled.argv, { timeout: this.timeout, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw this.failed(host, template, messageOf(error), error);
    }
  }

  private failed({ host }: FencedOff, [program]: Argv, why: string, cause?: unknown): HivekeeperError {
    const message = `${host} was not powered off: ${program} of the fencing hook "${this.name}" ${why}. Check its definition at the worker, or power the host off yourself and name it in \`gone\`.`;
    return new HivekeeperError('FencingFailed', message, { hook: this.name, host }, { cause });
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
