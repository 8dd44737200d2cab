import type { CommandModule } from './index.js';
import { addTemporalOptions, temporalOptions } from './shared/temporal-options.js';

/** `hivekeeper uncordon CLUSTER HOST`: lets a decommissioned host be chosen again. */
export const registerUncordon: CommandModule = (program, io) => {
  const command = program
    .command('uncordon')
    .summary('let a decommissioned host be chosen for new nodes again')
    .description('A decommissioned host is not chosen for new nodes. This lets it be chosen again; it starts nothing.')
    .argument('<cluster>', 'name of the cluster')
    .argument('<host>', 'name of the host')
    .option('--json', 'print JSON, and nothing else, on stdout', false);
  addTemporalOptions(command);
  command.action(async (cluster, host, { json }) => {
    const [{ uncordon }, { withTemporal }, { printJson }] = await Promise.all([
      import('../../temporal/index.js'),
      import('./shared/with-temporal.js'),
      import('../output/json.js'),
    ]);
    const { membership } = await withTemporal(io, temporalOptions(command), (session) =>
      uncordon(session, cluster, host),
    );
    const left = membership.cordoned.map((entry) => entry.host);
    if (json) printJson(io, { cluster, uncordoned: host, cordoned: left });
    else io.stdout.write(`${host} may be chosen for ${cluster} again; still cordoned: ${left.join(', ') || 'none'}\n`);
  });
};
