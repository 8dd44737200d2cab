import { beforeEach, describe, expect, it } from 'vitest';
import { recordState } from '../../support/states.js';
import { withStubWorld } from '../../support/stub-world.js';
import { clusterYaml } from '../spec/cluster.js';

const world = withStubWorld();
/** The package of the spec is a file; a web address needs none beside it. */
const yaml = clusterYaml.replace('file: packages/', 'url: https://example.org/');

describe('plan', () => {
  beforeEach(() => world().write('cluster.yaml', yaml));

  it('shows the difference, what happens to each node, and the steps of apply', async () => {
    await world().record(recordState('prod'));
    const ran = await world().run('plan', 'cluster.yaml');
    expect(ran.code).toBe(0);
    expect(ran.stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'applySpec of prod: 2 steps',
        '  ~ logLevel: INFO -> DEBUG',
        '      no restart: it is read again',
        '  + listeners[websocket:8000]: { port: 8000 }',
        '      restart: as said',
        'NODE  CHANGE     WHY',
        'n1    restarts   conf/config.xml differs',
        'n2    untouched',
      ]),
    );
  });

  it('tells by the exit code that there is something to apply, where that is asked for', async () => {
    await world().record(recordState('prod'));
    const ran = await world().run('plan', 'cluster.yaml', '--exit-code');
    expect(ran).toMatchObject({ code: 6, stderr: 'hivekeeper: prod is not as the file says\n' });
  });

  it('prints the difference as JSON, and nothing else', async () => {
    await world().record(recordState('prod'));
    const ran = await world().run('plan', 'cluster.yaml', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'dry-run',
      plan: {
        operation: 'applySpec',
        difference: [{ path: 'logLevel', effect: 'hot' }, { path: 'listeners[websocket:8000]' }],
        nodes: [{ host: 'n1', change: 'restarts' }, { host: 'n2' }],
      },
    });
  });

  it('shows what deploy would do where nothing was deployed yet', async () => {
    const ran = await world().run('plan', 'cluster.yaml');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('deployCluster of prod: 2 steps');
    await world().record({ ...recordState('prod'), spec: null });
    expect((await world().run('plan', 'cluster.yaml')).stdout).toContain('deployCluster of prod');
  });

  it('refuses a spec that is not valid before anything is asked', async () => {
    await world().write('cluster.yaml', yaml.replace('nodes: 2', 'nodes: 9'));
    const ran = await world().run('plan', 'cluster.yaml');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('cluster.yaml:13:1: nodes: 9 nodes are asked for');
  });

  it('apply needs a cluster that was deployed', async () => {
    const ran = await world().run('apply', 'cluster.yaml');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('no cluster is named prod');
  });
});
