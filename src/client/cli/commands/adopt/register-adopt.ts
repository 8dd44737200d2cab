import { Argument, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import { operationDefinition } from '../../../../domain/operations/index.js';
import type { CommandModule } from '../index.js';
import { commonOptions } from '../operations/operation-input.js';
import { addCommonOptions } from '../operations/operation-options.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

const own = z.object({ write: z.string().optional() });

/** `hivekeeper adopt FILE`: a cluster that was installed by hand, shown as a spec and taken into care as it runs. */
export const registerAdopt: CommandModule = (program, io) => {
  const definition = operationDefinition('adoptCluster');
  const { cli, summary } = definition;
  const command = program
    .command(cli.command)
    .summary('take a cluster that was installed by hand into care')
    .description(
      `${summary} The file has what hosts do not tell: name, broker.product, broker.package, ssh, hosts; any other key ` +
        'of a spec wins over what is read and must agree with it. No broker is restarted and nothing outside .hivekeeper ' +
        'is written; the layout of each node is brought in order at its next planned stop.',
    );
  cli.arguments.forEach(({ name, describe }) => command.addArgument(new Argument(`<${name}>`, describe)));
  command.addOption(
    new Option('--write <file>', 'write the spec that was read into this file; with --dry-run or --wait'),
  );
  addCommonOptions(command, definition);
  addTemporalOptions(command);
  command.addHelpText('after', `\nExamples:\n${cli.examples.map((example) => `  ${example}`).join('\n')}`);
  command.action(async () => {
    const { adopt } = await import('./adopt.js');
    const [file = ''] = command.args;
    const { write } = own.parse(command.opts());
    await adopt({ file, write, options: commonOptions(command), temporal: temporalOptions(command) }, io);
  });
};
