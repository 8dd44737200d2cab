import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

/** `hivekeeper spec CLUSTER`: the spec in the record of a cluster, as a file. */
export const registerSpec: CommandModule = (program, io) => {
  const command = program
    .command('spec')
    .summary('print the recorded spec of a cluster as a file')
    .description(
      'Prints the spec that the record of a cluster has, with everything that was added to the cluster since: licenses, ' +
        'extensions, users. It is a spec file, all defaults spelled out: `hivekeeper plan` finds nothing to do for it. ' +
        'Content that came from a file is named by the SHA-256 under which the content store of the worker has it.',
    )
    .argument('<cluster>', 'name of the cluster')
    .option('--json', 'print JSON, and nothing else, on stdout', false);
  addTemporalOptions(command);
  command.action(async (cluster, { json }) => {
    const { showSpec } = await import('./show-spec.js');
    await showSpec({ cluster, json }, temporalOptions(command), io);
  });
};
