import { Option } from '@commander-js/extra-typings';
import { specJsonSchema, specProducts } from '../../../domain/spec/index.js';
import type { CommandModule } from './index.js';

/** `hivekeeper schema`: the JSON Schema of a spec file. */
export const registerSchema: CommandModule = (program, io) => {
  program
    .command('schema')
    .summary('print the JSON Schema of a cluster spec')
    .description('Prints the JSON Schema (draft 2020-12) of a cluster spec, for editors and other tools.')
    .addOption(new Option('--product <name>', 'the broker product').choices(specProducts).default('hivemq'))
    .action(({ product }) => {
      io.stdout.write(`${JSON.stringify(specJsonSchema(product), null, 2)}\n`);
    });
};
