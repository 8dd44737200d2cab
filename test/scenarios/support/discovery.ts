import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { publishFiles } from '../../../src/client/content/index.js';
import { encodeClusterSpec, formatIssue, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { buildExtension } from '../../../src/sandbox/distribution/index.js';
import { health } from './look.js';
import type { Scenario } from './scenario.js';

/** As the command line sends it: files are in the store of the workers, and named by their hash. */
export async function sent(scenario: Scenario, overrides: Record<string, unknown>, name: string): Promise<unknown> {
  const read = parseClusterSpec(scenario.spec({ name, overrides }));
  if (!read.ok) throw new Error(read.issues.map(formatIssue).join('\n'));
  const store = new DirectoryContentStore(path.join(scenario.folder, 'worker', 'data', 'content'));
  return encodeClusterSpec((await publishFiles(read.spec, store, { dryRun: false })).spec);
}

/** Writes a file beside the spec. @returns its path */
export async function put(scenario: Scenario, name: string, text: string): Promise<string> {
  const file = path.join(scenario.folder, 'spec', name);
  await mkdir(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

export async function extension(scenario: Scenario, id: string): Promise<object> {
  const file = path.join(scenario.folder, 'spec', `${id}.zip`);
  await mkdir(path.dirname(file), { recursive: true });
  await buildExtension(id, '4.3.13', file);
  return { id, content: { file } };
}

/** How many members each of these nodes sees, by its own health API. */
export const sizes = async (scenario: Scenario, names: readonly string[]): Promise<(number | undefined)[]> =>
  Promise.all(names.map(async (name) => (await health(scenario.stage.host(name)))?.members));
