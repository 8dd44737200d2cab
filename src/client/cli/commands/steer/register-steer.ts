import { type Command, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { CliIo } from '../../io.js';
import type { CommandModule } from '../index.js';
import { addTemporalOptions, temporalOptions } from '../shared/temporal-options.js';
import type { SteerRequest } from './steer-operation.js';

interface SteerCommand {
  readonly name: SteerRequest['how'];
  readonly summary: string;
  readonly description: string;
  readonly option?: Option;
}

const commands: readonly SteerCommand[] = [
  {
    name: 'pause',
    summary: 'stop an operation at its next safe point',
    description: 'Stops an operation at its next safe point, until `hivekeeper resume`. What is under way is finished.',
  },
  { name: 'resume', summary: 'let a paused operation go on', description: 'Lets a paused operation go on.' },
  {
    name: 'approve',
    summary: 'approve the plan of an operation',
    description: 'Shows and approves the plan that an operation waits with. An approval counts for this plan only.',
    option: new Option('--plan <hash>', 'approve only if the plan has this hash'),
  },
  {
    name: 'reject',
    summary: 'refuse the plan of an operation',
    description: 'Refuses the plan that an operation waits with; it ends without having changed anything.',
    option: new Option('--reason <text>', 'why; kept in the history'),
  },
  {
    name: 'cancel',
    summary: 'end an operation at its next safe point',
    description: 'Ends an operation at its next safe point. A node that is being stopped or started is finished first.',
  },
];

const optionsSchema = z.object({
  plan: z.string().optional(),
  reason: z.string().optional(),
  json: z.boolean().default(false),
});

/** `pause`, `resume`, `approve`, `reject` and `cancel`. */
export const registerSteer: CommandModule = (program, io) => commands.forEach((one) => register(program, io, one));

function register(program: Command, io: CliIo, { name, summary, description, option }: SteerCommand): void {
  const command = program
    .command(name)
    .summary(summary)
    .description(description)
    .argument('<operation>', 'its workflow id; or the name of a cluster, for the operation that it is in');
  if (option) command.addOption(option);
  command.addOption(new Option('--json', 'print JSON, and nothing else, on stdout'));
  addTemporalOptions(command);
  command.action(async (operation) => {
    const { steerOperation } = await import('./steer-operation.js');
    const request = { how: name, operation, ...optionsSchema.parse(command.opts()) };
    await steerOperation(request, temporalOptions(command), io);
  });
}
