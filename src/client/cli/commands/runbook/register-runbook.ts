import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';
import type { CommandModule } from '../index.js';

/** `hivekeeper runbook PLAN`: a plan as commands that people can run themselves. */
export const registerRunbook: CommandModule = (program, io) => {
  const command = program
    .command('runbook')
    .summary('print a plan as shell commands')
    .description(
      'Prints a plan as a shell script with its checks: what to look at, what to do, what to wait for, and how to take ' +
        'each step back. For the day when Hivekeeper cannot do it itself. Secrets are named, never shown.',
    )
    .argument('<plan>', 'a file that `--dry-run --json` wrote; or the workflow id of an operation')
    .option(
      '--spec <file>',
      'the spec of the cluster; default: the one of its record, which needs the Temporal server',
    );
  addTemporalOptions(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  hivekeeper upgrade prod --to 4.31.0 --dry-run --json > upgrade.json\n  hivekeeper runbook upgrade.json --spec prod.yaml > upgrade.sh',
  );
  command.action(async (plan, { spec }) => {
    const { printRunbook } = await import('./print-runbook.js');
    await printRunbook({ plan, specFile: spec, temporal: temporalOptions(command) }, io);
  });
};
