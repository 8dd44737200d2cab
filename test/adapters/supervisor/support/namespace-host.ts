import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Command, CommandResult, RemoteHost, WriteOptions } from '../../../../src/adapters/ports/index.js';
import { scriptCommand } from '../../../../src/adapters/ssh/script.js';
import { HivekeeperError } from '../../../../src/domain/errors/index.js';
import { BROKER, own, type RealSystemd } from './real-systemd.js';

/** A host, as far as a supervisor calls it, whose commands run beside a real systemd. The log-in user is root. */
export class NamespaceHost implements RemoteHost {
  readonly name = 'n1';
  /** What was asked of root by name. */
  readonly asRoot: string[] = [];

  constructor(private readonly systemd: RealSystemd) {}

  async exec({ argv, stdin, asUser }: Command): Promise<CommandResult> {
    if (asUser === 'root') this.asRoot.push(argv.join(' '));
    const id = String(BROKER.id);
    const change = ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--'];
    const [program = '', ...args] = [...this.systemd.enter, ...(asUser === BROKER.name ? change : []), ...argv];
    const child = spawn(program, args, { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } });
    child.stdin.on('error', () => undefined).end(stdin ?? '');
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  async run(command: Command): Promise<CommandResult> {
    const result = await this.exec(command);
    if (result.code === 0) return result;
    throw new HivekeeperError('CommandFailed', `${command.argv.join(' ')}: ${result.stderr}`, { code: result.code });
  }

  script(program: string, parameters: readonly string[], options: { asUser?: string } = {}): Promise<CommandResult> {
    return this.run({ ...scriptCommand(program, parameters), ...options });
  }

  writeFile(path: string, content: string | Buffer, { mode }: WriteOptions): Promise<'written'> {
    writeFileSync(path, content);
    chmodSync(path, mode);
    own(path);
    return Promise.resolve('written');
  }

  async readFile(path: string): Promise<string | null> {
    const { code, stdout } = await this.exec({ argv: ['cat', path] });
    return code === 0 ? stdout : null;
  }

  readonly upload = notHere;
  readonly stream = notHere;
  readonly follow = notHere;
  readonly request = notHere;
  readonly open = notHere;
  readonly openUnix = notHere;
  readonly canConnect = notHere;
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('A supervisor does not ask for this.'));
}
