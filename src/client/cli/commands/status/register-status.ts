import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

/** `hivekeeper status [CLUSTER]`: all clusters, or one with its nodes, operations and journal. */
export const registerStatus: CommandModule = (program, io) => {
  const command = program
    .command('status')
    .summary('show all clusters, or one with its nodes and operations')
    .description(
      'Without a name: all clusters. With one: its nodes as they are now, the operation that it is in, those that ' +
        'wait, and the last ones. The observation of the nodes is a run of checkCluster.',
    )
    .argument('[cluster]', 'name of the cluster')
    .option('--watch', 'show it again and again, until Ctrl-C', false)
    .option('--json', 'print JSON, and nothing else, on stdout; with --watch, a line for each change', false);
  addTemporalOptions(command);
  command.action(async (cluster, { watch, json }) => {
    const { showStatus } = await import('./show-status.js');
    await showStatus({ cluster, watch, json }, temporalOptions(command), io);
  });
};
