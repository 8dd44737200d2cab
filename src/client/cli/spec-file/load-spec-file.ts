import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../../domain/errors/index.js';
import {
  outlineSpec,
  parseClusterSpec,
  specWarnings,
  type ClusterSpec,
  type SpecIssue,
  type SpecResult,
  type SpecWarning,
} from '../../../domain/spec/index.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { CliIo } from '../io.js';
import { resolveLocalFiles } from './local-files.js';
import { SpecFileError } from './spec-file-error.js';
import { readYaml } from './yaml-text.js';

export interface LoadedSpec {
  readonly spec: ClusterSpec;
  readonly warnings: readonly SpecWarning[];
  /** Absolute path of the file. */
  readonly path: string;
  /** Adds the line and column of what an issue speaks of. */
  readonly locate: (issue: SpecIssue) => SpecIssue;
}

async function readText(file: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(exitCodes.usage, `cannot read the spec ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** A file that has a part of a spec. */
export interface LoadedOutline extends LoadedSpec {
  /** What the file has and nothing else, every `{ file }` absolute. */
  readonly given: unknown;
}

async function load(
  file: string,
  { cwd, env }: Pick<CliIo, 'cwd' | 'env'>,
  parse: (value: unknown) => SpecResult,
): Promise<LoadedOutline> {
  const path = resolve(cwd, file);
  const yaml = readYaml(await readText(file, path));
  if (!yaml.ok) throw new SpecFileError(file, yaml.issues);
  const given = resolveLocalFiles(yaml.text.value, dirname(path), env.HOME);
  const result = parse(given);
  if (!result.ok)
    throw new SpecFileError(
      file,
      result.issues.map((issue) => yaml.text.locate(issue)),
    );
  const { spec } = result;
  return { spec, given, warnings: specWarnings(spec), path, locate: (issue) => yaml.text.locate(issue) };
}

/**
 * Reads a cluster spec from a YAML or JSON file. In the result every `{ file }` is absolute.
 * @param file as on the command line: relative to the working directory, and named so in messages.
 * @throws SpecFileError with one line for each issue; CliError when the file cannot be read.
 */
export async function loadSpecFile(file: string, io: Pick<CliIo, 'cwd' | 'env'>): Promise<LoadedSpec> {
  return load(file, io, parseClusterSpec);
}

/** As `loadSpecFile`, for a cluster that runs already: the file has what its hosts do not tell. */
export async function loadOutlineFile(file: string, io: Pick<CliIo, 'cwd' | 'env'>): Promise<LoadedOutline> {
  return load(file, io, outlineSpec);
}
