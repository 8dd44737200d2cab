import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { commands } from '../../src/client/cli/commands/index.js';
import type { CliIo } from '../../src/client/cli/io.js';

const quiet: CliIo = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  isTTY: false,
  env: {},
  cwd: process.cwd(),
};

/** Every command of the command line, with its arguments and options; instead of running, one is told. */
export function bareProgram(onCommand: (command: CommandUnknownOpts) => void = () => undefined): CommandUnknownOpts {
  const program = new Command('hivekeeper')
    .version('0.0.0', '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  commands.forEach((register) => register(program, quiet));
  leaves(program).forEach((command) => command.action(() => onCommand(command)));
  return program;
}

/** The commands that do something, groups left out. */
export const leaves = (command: CommandUnknownOpts): CommandUnknownOpts[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

/** As it is typed: `hosts scan`. */
export const pathOf = (command: CommandUnknownOpts): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
