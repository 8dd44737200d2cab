import { Argument } from '@commander-js/extra-typings';
import { operations } from '../../../../domain/operations/index.js';
import { operationInput, commonOptions } from '../operations/operation-input.js';
import { addCommonOptions } from '../operations/operation-options.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';
import type { CommandModule } from '../index.js';

/** `hivekeeper rollback OPERATION`: knows a cluster by its operation. */
export const registerRollback: CommandModule = (program, io) => {
  const { cli, summary } = operations.rollBack;
  const command = program
    .command(cli.command)
    .summary('take an operation back where that is safe')
    .description(summary);
  cli.arguments.forEach(({ name, describe }) => command.addArgument(new Argument(`<${name}>`, describe)));
  addCommonOptions(command, operations.rollBack);
  addTemporalOptions(command);
  command.addHelpText('after', `\nExamples:\n${cli.examples.map((example) => `  ${example}`).join('\n')}`);
  command.action(async () => {
    const input = await operationInput(operations.rollBack, command, io);
    const { rollBack } = await import('./roll-back.js');
    await rollBack({ input, ...commonOptions(command), temporal: temporalOptions(command) }, io);
  });
};
