import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { CliOption } from '../../../../domain/operations/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import { operationOption } from './operation-options.js';

/** An option that stands on the command line, with what it says. */
export interface GivenOption {
  readonly option: CliOption;
  readonly value: unknown;
}

/**
 * Options of an operation that stand on the command line.
 * @throws CliError when two of them say the same field in different ways
 */
export function givenOptions(options: readonly CliOption[], command: CommandUnknownOpts): GivenOption[] {
  const given = options.flatMap((option): GivenOption[] => {
    const value = valueOf(option, command);
    return value === undefined ? [] : [{ option, value }];
  });
  refuseClashes(given);
  return given;
}

function valueOf(option: CliOption, command: CommandUnknownOpts): unknown {
  const declared = operationOption(option);
  const value: unknown = command.getOptionValue(declared.attributeName());
  if (option.type !== 'off') return value;
  // The parser itself turns `--no-x` round: `x` is true without it.
  return value === !declared.negate ? false : undefined;
}

const outer = ({ option }: GivenOption): string => option.field.split('.')[0] ?? option.field;

function refuseClashes(given: readonly GivenOption[]): void {
  for (const one of given) {
    const other = given.find((two) => two !== one && outer(two) === outer(one));
    // Keys of one field belong together; a whole field and a key of it do not.
    if (other === undefined || (one.option.field.includes('.') && other.option.field.includes('.'))) continue;
    throw new CliError(
      exitCodes.usage,
      `--${one.option.flag} does not go with --${other.option.flag}: give one of them`,
    );
  }
}
