import { dataOption } from '../operations/operation-options.js';
import { commonOptions, specInput } from '../operations/operation-input.js';
import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

/** `hivekeeper plan FILE`: the difference between a file and its cluster, and what applying it would do. */
export const registerPlan: CommandModule = (program, io) => {
  const command = program
    .command('plan')
    .summary('show the difference between a spec file and its cluster')
    .description(
      'Shows what differs between a spec file and the spec of its cluster, which nodes would be restarted and why, what ' +
        'needs no restart, and the steps of `hivekeeper apply`; for a cluster that was never deployed, those of ' +
        '`hivekeeper deploy`. It changes nothing. What cannot be changed in place is told all at once, with exit code 4.',
    )
    .argument('<file>', 'the spec file')
    .addOption(dataOption())
    .option('--exit-code', 'exit code 6 when there is something to apply, as a check in a pipeline', false)
    .option('--json', 'print JSON, and nothing else, on stdout', false);
  addTemporalOptions(command);
  command.action(async (file, { exitCode, json }) => {
    const { data } = commonOptions(command);
    const input = await specInput(file, { data, dryRun: true }, io);
    const { showPlan } = await import('./show-plan.js');
    await showPlan({ input, exitCode, json }, temporalOptions(command), io);
  });
};
