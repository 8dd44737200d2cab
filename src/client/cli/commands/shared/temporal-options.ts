import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { TemporalAddress } from '../../../temporal/index.js';

/** Adds the options that say where the Temporal server is. */
export function addTemporalOptions(command: CommandUnknownOpts): void {
  command.addOption(
    new Option('--address <host:port>', 'the Temporal server; else TEMPORAL_ADDRESS, else 127.0.0.1:7233'),
  );
  command.addOption(new Option('--namespace <name>', 'its namespace; else TEMPORAL_NAMESPACE, else default'));
}

const schema = z.object({ address: z.string().optional(), namespace: z.string().optional() });

/** What was given of `addTemporalOptions`. */
export function temporalOptions(command: CommandUnknownOpts): Partial<TemporalAddress> {
  return schema.parse(command.opts());
}
