import path from 'node:path';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { publishFiles } from '../../../src/client/content/index.js';
import { encodeClusterSpec, formatIssue, parseClusterSpec } from '../../../src/domain/spec/index.js';
import type { Scenario } from './scenario.js';

/**
 * A spec as the command line sends it: the files that it names are in the store of the workers, and named by their hash.
 * @throws Error with everything that is wrong with the spec
 */
export async function published({ folder }: Pick<Scenario, 'folder'>, spec: object): Promise<unknown> {
  const read = parseClusterSpec(spec);
  if (!read.ok) throw new Error(read.issues.map(formatIssue).join('\n'));
  const store = new DirectoryContentStore(path.join(folder, 'worker', 'data', 'content'));
  return encodeClusterSpec((await publishFiles(read.spec, store, { dryRun: false })).spec);
}
