import { HivekeeperError } from '../../domain/errors/index.js';

const plain = /^[\w@%+:,./-]+$/;

function quoteOne(argument: string): string {
  if (argument.includes('\0')) {
    throw new HivekeeperError('InvalidInput', 'A command argument holds a NUL byte, which no program can receive.');
  }
  return plain.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The one way from an argument list to a line for a POSIX shell: the shell hands on exactly these arguments, bytes unchanged. */
export function quote(argv: readonly string[]): string {
  return argv.map(quoteOne).join(' ');
}

/** How the log-in user becomes another one. */
export interface Privilege {
  readonly user: string;
  readonly become: 'sudo' | 'none';
}

/** The line that sshd gives to the log-in shell: fixed locale, and `sudo -n` only where another user is asked for. */
export function commandLine(argv: readonly string[], privilege: Privilege, asUser?: string): string {
  const other = asUser !== undefined && asUser !== privilege.user && privilege.become === 'sudo';
  return `LC_ALL=C ${quote(other ? ['sudo', '-n', '-u', asUser, '--', ...argv] : argv)}`;
}
