import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const logger = new DefaultLogger('ERROR', () => undefined);
const bundle = async (workflowsPath: string): Promise<string> =>
  (await bundleWorkflowCode({ workflowsPath, preloadModules: ['zod'], ignoreModules: ['croner'], logger })).code;

/** Builtins that a bundle asks its surroundings for. The sandbox of workflows gives it `assert`, `url` and `util` itself. */
function builtinsIn(code: string): string[] {
  const allowed = ['assert', 'url', 'util'];
  const asked = [...code.matchAll(/require\(["'](?:node:)?([a-z_/]+)["']\)|from ["']node:([a-z_/]+)["']/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return [...new Set(asked)].filter((name) => builtinModules.includes(name) && !allowed.includes(name));
}

describe('the bundle of the workflows', () => {
  // Beside the tests, so that imports of packages are found as they are from the real workflows.
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(import.meta.dirname, 'scratch-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  it('is made, with nothing of Node in it', async () => {
    const code = await bundle(fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)));
    expect(builtinsIn(code)).toEqual([]);
    expect(code).toContain('clusterRecord');
    // Activities run elsewhere: their code, and what they drive hosts with, has no place here.
    expect(code).not.toMatch(/src\/(activities|adapters|client|sandbox)\//);
    // Nor has the calendar of maintenance windows, which is asked for where specs are read.
    expect(code.includes('node_modules/croner/')).toBe(false);
  });

  it('is not made when a workflow imports a part of Node', async () => {
    const path = await write(
      'wrong.ts',
      `import { readFileSync } from 'node:fs';\nexport const wrong = readFileSync;\n`,
    );
    await expect(bundle(path)).rejects.toThrow();
  });

  it('is seen to ask for Node where it does', () => {
    expect(builtinsIn(`const a = require("node:fs"); const b = require('crypto');`)).toEqual(['fs', 'crypto']);
  });
});
