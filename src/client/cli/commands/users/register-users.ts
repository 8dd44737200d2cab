import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandModule } from '../index.js';

const most = 10_000_000;

function iterationsIn(text: string): number {
  const count = Number(text);
  if (!/^[1-9]\d*$/.test(text) || count > most) {
    throw new InvalidArgumentError(`It needs a whole number from 1 to ${most}.`);
  }
  return count;
}

function saltIn(text: string): Buffer {
  const salt = Buffer.from(text, 'base64');
  if (salt.length === 0 || salt.toString('base64') !== text) {
    throw new InvalidArgumentError('It needs base64, with its padding.');
  }
  return salt;
}

/** `hivekeeper users hash`: what stands in a credentials.xml in the place of a password. */
export const registerUsers: CommandModule = (program, io) => {
  program
    .command('users')
    .description('Commands about users of MQTT clients.')
    .command('hash')
    .summary('print the hash of a password for credentials.xml')
    .description(
      'Reads a password from standard input, one line, and prints its hash as the File RBAC extension expects it, for ' +
        'credentials.xml or passwordHash in a spec. The password is never an argument: others could read it in the list of processes.',
    )
    .addOption(
      new Option('--iterations <number>', 'rounds of PBKDF2; the extension’s own default is 100')
        .argParser(iterationsIn)
        .default(100),
    )
    .addOption(
      new Option('--salt <base64>', 'the salt; default: 32 random letters and digits, as the extension’s').argParser(
        saltIn,
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  hivekeeper users hash <password.txt\n  read -rs P && printf %s "$P" | hivekeeper users hash',
    )
    .action(async (options) => {
      const { printHash } = await import('./print-hash.js');
      await printHash(options, io);
    });
};
