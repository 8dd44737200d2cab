import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../../../domain/errors/index.js';
import { type CliOption, commonInput, type OperationDefinition } from '../../../../domain/operations/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { SpecFileError } from '../../spec-file/index.js';
import { readYaml } from '../../spec-file/yaml-text.js';

/**
 * Fields of an operation's input that stand in a YAML or JSON file. What is in them is judged with the whole input.
 * @throws CliError, SpecFileError with line and column
 */
export async function readFields(
  file: string,
  { type, cli }: Pick<OperationDefinition, 'type' | 'cli'>,
  { flag }: Pick<CliOption, 'flag'>,
  { cwd }: Pick<CliIo, 'cwd'>,
): Promise<Record<string, unknown>> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new CliError(
      exitCodes.usage,
      `--${flag}: ${file} cannot be read: ${messageOf(error)}. Nothing was started.`,
      {
        cause: error,
      },
    );
  });
  const yaml = readYaml(text);
  if (!yaml.ok) throw new SpecFileError(file, yaml.issues);
  const { text: read } = yaml;
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SpecFileError(file, [read.locate({ path: [], message: `must be a mapping with fields of ${type}` })]);
  }
  // What the command line says itself is not said again by a file that may come from somebody else.
  const own = [...Object.keys(commonInput), ...cli.arguments.map(({ field }) => field)];
  const issues = Object.keys(value)
    .filter((key) => own.includes(key))
    .map((key) => read.locate({ path: [key], message: 'does not belong into this file; say it on the command line' }));
  if (issues.length > 0) throw new SpecFileError(file, issues);
  return { ...value };
}
