import { describe, expect, it } from 'vitest';
import { keptProgress, useCluster } from './support/cluster.js';

describe('the life of nodes', () => {
  const cluster = useCluster(['n1', 'n2', 'n3']);

  it('observes a node that is installed and was never started', async () => {
    const found = await cluster().driver.observe(cluster().node('n1'));
    expect(found).toMatchObject({
      host: 'n1',
      reachable: true,
      identity: null,
      process: { running: false, pid: null },
      installed: ['4.30.0'],
      current: '4.30.0',
      runningVersion: null,
      ready: false,
      view: null,
      replicaCount: 2,
      synchronizing: null,
      disaster: null,
    });
    expect(found.files['conf/config.xml']).toMatch(/^[0-9a-f]{64}$/);
    expect(found.disk?.freeBytes).toBeGreaterThan(0);
  });

  it('starts members side by side; each returns when all see exactly each other', async () => {
    const { driver } = cluster();
    const progress = keptProgress();
    await Promise.all(['n1', 'n2', 'n3'].map((name) => driver.start(cluster().node(name), 'run', progress)));
    const found = await Promise.all(['n1', 'n2', 'n3'].map((name) => driver.observe(cluster().node(name))));
    expect(found.every(({ ready }) => ready)).toBe(true);
    expect(new Set(found.map(({ view }) => view?.members.join())).size).toBe(1);
    expect(found[0]?.view?.members.length).toBe(3);
    expect(found[0]?.runningVersion).toBe('4.30.0');
    expect(progress.said.some((line) => /member list \d of \d|health API|cluster join/.test(line))).toBe(true);
  });

  it('leaves a node alone that serves', async () => {
    const { driver } = cluster();
    const before = await driver.observe(cluster().node('n2'));
    expect(await driver.start(cluster().node('n2'), 'run', keptProgress())).toEqual({ keptCopy: null });
    expect((await driver.observe(cluster().node('n2'))).process).toEqual(before.process);
  });

  it('stops a node with its data handed over and waits until the others agree', async () => {
    const { driver } = cluster();
    const progress = keptProgress();
    await driver.stop(cluster().node('n3'), progress);
    expect((await driver.observe(cluster().node('n3'))).process?.running).toBe(false);
    const left = await Promise.all(['n1', 'n2'].map((name) => driver.observe(cluster().node(name))));
    expect(left.map(({ view }) => view?.members.length)).toEqual([2, 2]);
    expect(await cluster().inHome('n3', 'cat log/hivemq.log')).toContain('Finished cluster replication successfully');
    await driver.stop(cluster().node('n3'), progress);
  });

  it('keeps the copy of the data that the next start would replace', async () => {
    const { driver } = cluster();
    await cluster().inHome('n3', 'mkdir -p data/cluster-backup && echo precious >data/cluster-backup/file');
    const { keptCopy } = await driver.start(cluster().node('n3'), 'run', keptProgress());
    expect(keptCopy).toMatch(/^data-kept\/\d{8}T\d{9}Z-cluster-backup$/);
    expect(await cluster().inHome('n3', `cat "${keptCopy ?? ''}/file"`)).toBe('precious\n');
  });

  it('says so when a broker ends without handing its data over', async () => {
    const { driver } = cluster();
    const pid = async (name: string): Promise<number> =>
      (await driver.observe(cluster().node(name))).process?.pid ?? Number.NaN;
    const begun = async (): Promise<number> =>
      Number(await cluster().inHome('n3', 'grep -c "Starting cluster replication" log/hivemq.log || :'));
    const before = await begun();
    const [leaving, frozen] = await Promise.all([pid('n3'), pid('n1')]);
    // A member that does not answer keeps the hand-over from finishing.
    await cluster().inHome('n1', `kill -STOP ${frozen}`);
    const stopping = driver.stop(cluster().node('n3'), keptProgress());
    const stopped = expect(stopping).rejects.toMatchObject({ kind: 'CheckFailed', details: { check: 'synchronized' } });
    while ((await begun()) === before) continue;
    await cluster().inHome('n3', `kill -KILL ${leaving}`);
    await cluster().inHome('n1', `kill -CONT ${frozen}`);
    await stopped;
    // Asked again, it still says so.
    await expect(driver.stop(cluster().node('n3'), keptProgress())).rejects.toMatchObject({ kind: 'CheckFailed' });
  });

  it('stops the last node without complaint', async () => {
    const { driver } = cluster();
    await driver.start(cluster().node('n3'), 'run', keptProgress());
    for (const name of ['n3', 'n2', 'n1']) await driver.stop(cluster().node(name), keptProgress());
    await driver.start(cluster().node('n1'), 'recovery', keptProgress());
    expect((await driver.observe(cluster().node('n1'))).view?.members.length).toBe(1);
    await driver.stop(cluster().node('n1'), keptProgress());
  });
});
