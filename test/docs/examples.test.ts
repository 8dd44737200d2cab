import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseClusterSpec } from '../../src/domain/spec/index.js';
import { workerConfigSchema } from '../../src/worker/config.js';

const mapping = z.looseObject({ hosts: z.array(z.unknown()).default([]) });

/** The YAML blocks of a page. */
function blocks(page: string): unknown[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']): unknown => parse(yaml));
}

const [whole] = blocks('README.md');
const problemsOf = (spec: unknown): unknown => {
  const result = parseClusterSpec(spec);
  return result.ok ? [] : result.issues;
};

/** A part of a spec, put into the whole one. */
function completed(part: unknown): unknown {
  const [base, more] = [mapping.parse(whole), mapping.parse(part)];
  return { ...base, ...more, hosts: [...base.hosts, ...more.hosts] };
}

describe('what the documentation shows', () => {
  it('as a spec is one', () => {
    expect(problemsOf(whole)).toEqual([]);
    expect(problemsOf(completed({ typo: 1 }))).not.toEqual([]);
  });

  it('as a configuration of a worker is one', () => {
    expect(workerConfigSchema.safeParse(blocks('docs/configure-worker.md')[0])).toMatchObject({ success: true });
  });

  it.each([
    ['docs/recover.md', 0],
    ['docs/configure-worker.md', 1],
    ['docs/balancer.md', 0],
  ])('in %s as part %i of a spec fits into one', (page, index) => {
    const part = blocks(page)[index];
    expect(part).toBeDefined();
    expect(problemsOf(completed(part))).toEqual([]);
  });

  it('in docs/balancer.md as an address that moves fits into what stands above it', () => {
    const [above, more] = blocks('docs/balancer.md').map((part) => mapping.parse(part));
    expect(problemsOf(completed({ ...above, ...more, hosts: above?.hosts }))).toEqual([]);
  });

  const configurations = blocks('docs/configure-cluster.md').map((part, index) => ({ part, index: index + 1 }));

  it.each(configurations)('in docs/configure-cluster.md as part $index of a spec fits into one', ({ part }) => {
    expect(problemsOf(completed(part))).toEqual([]);
  });
});
