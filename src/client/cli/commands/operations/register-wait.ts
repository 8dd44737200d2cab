import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

/** `hivekeeper wait OPERATION`: follows one that was started without --wait, or anywhere else. */
export const registerWait: CommandModule = (program, io) => {
  const command = program
    .command('wait')
    .summary('show the progress of an operation until it has ended')
    .description(
      'Shows the progress of an operation until it has ended, wherever it was started; its outcome is the exit code. ' +
        'Ctrl-C only ends the showing.',
    )
    .argument('<operation>', 'its workflow id; or the name of a cluster, for the operation that it is in')
    .option('--json', 'print JSON, and nothing else, on stdout', false);
  addTemporalOptions(command);
  command.action(async (operation, { json }) => {
    const { waitForOperation } = await import('./wait-for-operation.js');
    await waitForOperation(operation, { json, temporal: temporalOptions(command) }, io);
  });
};
