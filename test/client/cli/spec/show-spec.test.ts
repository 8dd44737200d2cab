import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { loadSpecFile } from '../../../../src/client/cli/spec-file/index.js';
import { recordWorkflowId } from '../../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../../src/domain/spec/index.js';
import { recordState } from '../../support/states.js';
import { withStubWorld } from '../../support/stub-world.js';
import { clusterYaml } from './cluster.js';

const world = withStubWorld();

const license = { name: 'prod.lic', content: { stored: 'ab'.repeat(32), name: 'prod.lic', bytes: 12 } };

async function load(name: string, content: string): Promise<ClusterSpec> {
  await world().write(name, content);
  return (await loadSpecFile(name, { cwd: world().folder, env: { HOME: '/home/ops' } })).spec;
}

async function recorded(): Promise<ClusterSpec> {
  const document = z.looseObject({}).parse(parse(clusterYaml));
  const policy = { drain: { timeout: '90s', clientsPerSecond: 100 }, dataRetention: '7d' };
  const spec = await load('prod.yaml', stringify({ ...document, licenses: [license], policy }));
  await world().terminate(recordWorkflowId('prod'));
  await world().record({ ...recordState('prod'), spec: { ...spec } });
  return spec;
}

describe('the recorded spec', () => {
  it('is printed as a file that says the same', async () => {
    const spec = await recorded();
    const { code, stdout } = await world().run('spec', 'prod');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +timeout: 90s$/m);
    expect(parse(stdout)).toMatchObject({ name: 'prod', licenses: [license] });
    expect(await load('again.yaml', stdout)).toEqual(spec);
    const json = await world().run('spec', 'prod', '--json');
    expect(JSON.parse(json.stdout)).toEqual(parse(stdout));
  });

  it('of a cluster that nobody knows is an error of usage', async () => {
    const { code, stdout, stderr } = await world().run('spec', 'nothing-like-it');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('no cluster is named nothing-like-it');
  });
});
