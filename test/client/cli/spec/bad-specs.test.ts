import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSpecFile, SpecFileError } from '../../../../src/client/cli/spec-file/index.js';
import { formatPath } from '../../../../src/domain/spec/index.js';
import { badSpecs, goodBlocks } from './bad-specs.js';

/** The good spec with blocks replaced or added. */
function compose(yaml: string): string {
  const given = new Set([...yaml.matchAll(/^([A-Za-z]+):/gm)].map(([, key]) => key));
  const rest = Object.entries(goodBlocks).flatMap(([key, block]) => (given.has(key) ? [] : [block]));
  return `${[...rest, yaml].join('\n')}\n`;
}

describe('a spec file that is wrong', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hivekeeper-bad-specs-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function issuesOf(yaml: string) {
    const path = join(folder, 'spec.yaml');
    await writeFile(path, yaml);
    try {
      await loadSpecFile('spec.yaml', { cwd: folder, env: {} });
      return [];
    } catch (error) {
      if (error instanceof SpecFileError) return error.issues;
      throw error;
    }
  }

  it('is not the one that the others are made from', async () => {
    expect(await issuesOf(compose(''))).toEqual([]);
  });

  it('is tried in many ways', () => {
    expect(badSpecs.length).toBeGreaterThanOrEqual(60);
    expect(new Set(badSpecs.map(({ name }) => name)).size).toBe(badSpecs.length);
  });

  it.each(badSpecs)('$name', async ({ yaml, path, says }) => {
    const text = compose(yaml);
    const line = text.split('\n').findIndex((one) => one.endsWith('#!')) + 1;
    const issues = await issuesOf(text);
    const here = issues.filter((issue) => formatPath(issue.path) === path);
    const sentences = here.map(
      ({ message, hint }) => message + (hint === undefined ? '' : ` (did you mean "${hint}"?)`),
    );
    expect(
      here.map((issue) => issue.line),
      JSON.stringify(issues),
    ).toContain(line);
    expect(sentences.join('\n')).toSatisfy((text: string) =>
      typeof says === 'string' ? text.includes(says) : says.test(text),
    );
  });
});
