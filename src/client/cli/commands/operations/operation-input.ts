import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { OperationDefinition } from '../../../../domain/operations/index.js';
import { encodeClusterSpec, formatIssue } from '../../../../domain/spec/index.js';
import type { CliIo } from '../../io.js';
import { loadSpecFile } from '../../spec-file/index.js';
import { givenOptions } from './given-options.js';
import { isFileOption } from './operation-options.js';
import { readFields } from './read-fields.js';

const commonSchema = z.object({
  dryRun: z.boolean().optional(),
  approval: z.string().optional(),
  override: z.array(z.unknown()).optional(),
  now: z.string().optional(),
  onBusy: z.string().optional(),
  reason: z.string().optional(),
  wait: z.boolean().default(false),
  json: z.boolean().default(false),
  data: z.string().optional(),
});
export type CommonOptions = z.output<typeof commonSchema>;

export const commonOptions = (command: CommandUnknownOpts): CommonOptions => commonSchema.parse(command.opts());

/** The input of an operation from its command line; what it does not say is left to the defaults of the operation. */
export async function operationInput(
  definition: OperationDefinition,
  command: CommandUnknownOpts,
  io: CliIo,
): Promise<Record<string, unknown>> {
  const { cli } = definition;
  const input: Record<string, unknown> = {};
  for (const [index, { field }] of cli.arguments.entries()) {
    const value = command.args[index];
    if (value === undefined) continue;
    if (field === 'spec') Object.assign(input, await specInput(value, commonOptions(command), io));
    else input[field] = value;
  }
  const given = givenOptions(cli.options, command);
  const files = given.filter(({ option }) => isFileOption(option));
  if (files.length > 0) {
    const { publishOptionFiles } = await import('./publish-option-files.js');
    Object.assign(input, await publishOptionFiles(files, commonOptions(command), io));
  }
  for (const { option, value } of given.filter((one) => !files.includes(one))) {
    if (option.type === 'fields') Object.assign(input, await readFields(String(value), definition, option, io));
    else fill(input, option.field, value);
  }
  const options = commonOptions(command);
  const { dryRun, approval, onBusy, reason } = options;
  const all = { ...input, dryRun, approval, overrideChecks: overridesOf(options), onBusy, reason };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** `--now` is the short form of one override. */
function overridesOf({ override, now }: Pick<CommonOptions, 'override' | 'now'>): unknown[] | undefined {
  if (now === undefined) return override;
  return [...(override ?? []), { check: 'maintenance-window', reason: now }];
}

/** `content.url` is a key of the field `content`. */
function fill(input: Record<string, unknown>, field: string, value: unknown): void {
  const [outer = field, inner] = field.split('.');
  if (inner === undefined) input[outer] = value;
  else Object.assign((input[outer] ??= {}), { [inner]: value });
}

/**
 * A spec file stands for the spec and for the cluster's name; its warnings are told, and do not stop anything. The files
 * that it names go before it, so that no operation is started that could not find them.
 */
export async function specInput(
  file: string,
  { data, dryRun = false }: Pick<CommonOptions, 'data' | 'dryRun'>,
  io: CliIo,
): Promise<{ cluster: string; spec: unknown }> {
  const loaded = await loadSpecFile(file, io);
  const { spec, warnings } = loaded;
  warnings.forEach((warning) => io.stderr.write(`${file}: warning: ${formatIssue(warning)}\n`));
  const { publishSpecFiles } = await import('./publish-spec-files.js');
  return { cluster: spec.name, spec: encodeClusterSpec(await publishSpecFiles({ loaded, file, data, dryRun }, io)) };
}
