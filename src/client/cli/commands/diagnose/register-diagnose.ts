import { Argument, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import { operationDefinition } from '../../../../domain/operations/index.js';
import type { CommandModule } from '../index.js';
import { commonOptions, operationInput } from '../operations/operation-input.js';
import { addCommonOptions, operationOption } from '../operations/operation-options.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

const own = z.object({ output: z.string().optional() });

/** `hivekeeper diagnose CLUSTER`: what somebody needs to look into a problem, in one file. */
export const registerDiagnose: CommandModule = (program, io) => {
  const definition = operationDefinition('diagnoseCluster');
  const { cli, summary } = definition;
  const command = program
    .command(cli.command)
    .summary('collect logs, configuration and facts of all nodes into one file')
    .description(
      `${summary} It works while another operation runs or hangs. A node that cannot be reached is named in summary.txt. ` +
        'Look through the file before you hand it on: only secrets that can be known or seen by their form are masked.',
    );
  cli.arguments.forEach(({ name, describe }) => command.addArgument(new Argument(`<${name}>`, describe)));
  cli.options.forEach((option) => command.addOption(operationOption(option)));
  command.addOption(new Option('--wait', 'show the progress until it has ended, then where the file lies'));
  command.addOption(new Option('--output <file>', 'wait, and copy the file here from the data folder of the worker'));
  command.addOption(new Option('--data <folder>', 'data folder of the worker; default: ~/.hivekeeper/data'));
  addCommonOptions(command, definition);
  addTemporalOptions(command);
  const examples = [...cli.examples, 'hivekeeper diagnose prod --output prod.tar.gz'];
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
  command.action(async () => {
    const { diagnose } = await import('./diagnose.js');
    const input = await operationInput(definition, command, io);
    const { output } = own.parse(command.opts());
    await diagnose({ input, output, options: commonOptions(command), temporal: temporalOptions(command) }, io);
  });
};
