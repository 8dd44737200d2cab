import { Argument, type Command } from '@commander-js/extra-typings';
import {
  isOperationType,
  operationDefinition,
  operations,
  type OperationType,
} from '../../../../domain/operations/index.js';
import type { CliIo } from '../../io.js';
import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';
import { commonOptions, operationInput } from './operation-input.js';
import { addCommonOptions, operationOption } from './operation-options.js';

/** One command for each operation of the registry, made from its declaration. */
export const registerOperations: CommandModule = (program, io) => {
  Object.keys(operations)
    .filter(isOperationType)
    .filter((type) => operationDefinition(type).cli.own !== true)
    .forEach((type) => register(program, io, type));
};

function register(program: Command, io: CliIo, type: OperationType): void {
  const definition = operationDefinition(type);
  const { cli, summary } = definition;
  const command = program.command(cli.command).summary(firstClause(summary)).description(summary);
  cli.arguments.forEach(({ name, describe }) => command.addArgument(new Argument(`<${name}>`, describe)));
  cli.options.forEach((option) => command.addOption(operationOption(option)));
  addCommonOptions(command, definition);
  addTemporalOptions(command);
  command.addHelpText('after', `\nExamples:\n${cli.examples.map((example) => `  ${example}`).join('\n')}`);
  command.action(async () => {
    const input = await operationInput(definition, command, io);
    const { runOperation } = await import('./run-operation.js');
    await runOperation({ type, input, ...commonOptions(command), temporal: temporalOptions(command) }, io);
  });
}

/** The list of commands has room for one clause of the sentence. */
const firstClause = (summary: string): string => {
  const clause = summary.split(/[:;,.]/)[0] ?? summary;
  return `${clause.charAt(0).toLowerCase()}${clause.slice(1)}`;
};
