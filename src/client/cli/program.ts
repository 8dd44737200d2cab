import { readFileSync } from 'node:fs';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { z } from 'zod';
import { isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import { CliError } from './cli-error.js';
import { commands } from './commands/index.js';
import { exitCodeMeanings, exitCodeOf, exitCodes, type ExitCode } from './exit-codes.js';
import type { CliIo } from './io.js';
import { SpecFileError } from './spec-file/index.js';

/** From dist/client/cli and src/client/cli alike. */
const packageFile = new URL('../../../package.json', import.meta.url);

function packageVersion(): string {
  const text: unknown = JSON.parse(readFileSync(packageFile, 'utf8'));
  return z.object({ version: z.string() }).parse(text).version;
}

const meanings = Object.entries(exitCodeMeanings)
  .map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`)
  .join('\n');

const epilogue = `
Exit codes:
${meanings}

Start with:
  hivekeeper schema > cluster.schema.json   completion and checks in your editor
  hivekeeper validate cluster.yaml          everything that is wrong with a spec, with its line
  hivekeeper render cluster.yaml --out out  the files that the nodes would get
`;

/** The command line, with every command; parsing it throws CommanderError instead of ending the process. */
function createProgram(io: CliIo): Command {
  const program = new Command('hivekeeper')
    .description(
      'Runs MQTT broker clusters on plain hosts through their whole life: deploy, scale, drain, upgrade, recover. ' +
        'Every operation is a durable Temporal workflow.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or that of a command')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', epilogue)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  commands.forEach((register) => register(program, io));
  return program;
}

function report(error: unknown, io: CliIo): ExitCode {
  // Commander has said what is wrong by itself; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  // Lines that begin with a file and a position are for editors too.
  const prefix = error instanceof SpecFileError ? '' : 'hivekeeper: ';
  io.stderr.write(`${prefix}${messageOf(error)}\n`);
  if (error instanceof CliError) return error.exitCode;
  return isHivekeeperError(error) ? exitCodeOf(error.kind) : exitCodes.failed;
}

/**
 * Runs one command and resolves to its exit code; never throws.
 * @param args what follows the name of the program.
 */
export async function run(args: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    await createProgram(io).parseAsync([...args], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    return report(error, io);
  }
}
