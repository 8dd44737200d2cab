import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { CommandModule } from './index.js';

/** `hivekeeper demo`: everything on this machine; the stage behind it is loaded by this command only. */
export const registerDemo: CommandModule = (program, io) => {
  program
    .command('demo')
    .summary('show a whole life of a cluster on this machine')
    .description(
      'Starts hosts, simulated brokers, MQTT clients and Temporal on this machine, takes the cluster through deploy, ' +
        'scale, decommission, upgrade and disaster recovery, and counts from outside what happened to the clients.',
    )
    .option('--once', 'end after the report; otherwise cluster, clients and Temporal UI stay up until Ctrl-C', false)
    .option(
      '--sabotage <name>',
      'break something on purpose: drop-message, skip-import or stop-two; the demo must fail',
    )
    .option('--keep', 'leave the hosts’ folders behind', false)
    .action(async ({ once, sabotage, keep }) => {
      const { isSabotage, runDemo, sabotages } = await import('../../../sandbox/demo/index.js');
      if (sabotage !== undefined && !isSabotage(sabotage)) {
        throw new CliError(exitCodes.usage, `there is no sabotage ${sabotage}, only ${sabotages.join(', ')}`);
      }
      const code = await runDemo({ once, sabotage, keep, stdout: io.stdout, cwd: io.cwd });
      if (code === exitCodes.interrupted) throw new CliError(exitCodes.interrupted, 'the demo was interrupted');
      if (code !== exitCodes.ok) throw new CliError(exitCodes.failed, 'the demo failed, for the reasons above');
    });
};
