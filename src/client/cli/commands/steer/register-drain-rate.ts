import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { setDrainRateSchema } from '../../../../domain/operations/index.js';
import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';

function rateOf(text: string): number {
  const parsed = setDrainRateSchema.shape.clientsPerSecond.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('It needs a whole number from 1 to 100000.');
}

/** `drain-rate`: how fast a running operation moves clients. */
export const registerDrainRate: CommandModule = (program, io) => {
  const command = program
    .command('drain-rate')
    .summary('change how fast an operation moves clients')
    .description(
      'Changes how fast an operation moves clients off its nodes, from now on; a drain under way takes it up within seconds. The policy of the cluster stays as it is.',
    )
    .argument('<operation>', 'its workflow id; or the name of a cluster, for the operation that it is in')
    .addOption(
      new Option('--clients-per-second <number>', 'clients that are moved in a second')
        .argParser(rateOf)
        .makeOptionMandatory(),
    )
    .option('--node <name>', 'for this node only; default: all, those included that follow')
    .addOption(new Option('--json', 'print JSON, and nothing else, on stdout'));
  addTemporalOptions(command);
  command.action(async (operation, { clientsPerSecond, node, json }) => {
    const { changeDrainRate } = await import('./change-drain-rate.js');
    const rate = { clientsPerSecond, ...(node !== undefined && { node }) };
    await changeDrainRate({ operation, rate, json: json === true }, temporalOptions(command), io);
  });
};
