import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { keepBackupCopy } from '../../../../src/adapters/products/hivemq/index.js';
import { containing, matching } from '../../../domain/products/hivemq/support/matchers.js';
import { type ClusterSpec, encodeClusterSpec, parseClusterSpec } from '../../../../src/domain/spec/index.js';
import { keptProgress, useCluster } from './support/cluster.js';

/** The spec with other keys, read as a file is. */
function parsed(spec: ClusterSpec, more: object): ClusterSpec {
  const encoded: unknown = encodeClusterSpec(spec);
  const read = parseClusterSpec({ ...(encoded as object), ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
}

describe('what a start must not pass over', () => {
  const cluster = useCluster(['n1']);
  const start = (mode: 'run' | 'recovery' = 'run') =>
    cluster().driver.start(cluster().node('n1'), mode, keptProgress());
  const stop = () => cluster().driver.stop(cluster().node('n1'), keptProgress());
  const restore = () => cluster().configure('n1', ['n1']);
  const running = async () => (await cluster().driver.observe(cluster().node('n1'))).process?.running;

  it('refuses a placeholder without a value, and names it', async () => {
    await cluster().inHome('n1', "echo '<!-- ${ENV:HIVEKEEPER_UNSET} -->' >>conf/config.xml");
    await expect(start()).rejects.toMatchObject({
      kind: 'BrokerStartFailed',
      message: containing('HIVEKEEPER_UNSET'),
    });
    expect(await running()).toBe(false);
    await restore();
  });

  it('refuses a start without a configuration file', async () => {
    await cluster().inHome('n1', 'mv conf/config.xml conf/away.xml');
    await expect(start()).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    await cluster().inHome('n1', 'mv conf/away.xml conf/config.xml');
  });

  it('tells the line of a broker that took its default configuration, at once and when asked again', async () => {
    await cluster().inHome('n1', 'echo "<hivemq><listeners>" >conf/config.xml');
    const failed = { kind: 'BrokerStartFailed', message: matching(/Using default config/) };
    await expect(start()).rejects.toMatchObject(failed);
    if ((await running()) === true) await expect(start()).rejects.toMatchObject(failed);
    await stop();
    await restore();
  });

  it('tells the line of a listener that could not be bound', async () => {
    const { loopback } = cluster().resolved('n1');
    const occupied = createServer().listen(1883, loopback);
    await once(occupied, 'listening');
    try {
      await expect(start()).rejects.toMatchObject({
        kind: 'BrokerStartFailed',
        message: matching(/Could not (start|bind)/),
      });
    } finally {
      occupied.close();
    }
    await stop();
  });

  it('tells the last words of a broker that ended before it logged anything', async () => {
    await cluster().inHome('n1', 'mv current/bin/hivemq.jar current/bin/away.jar');
    await expect(start()).rejects.toMatchObject({
      kind: 'BrokerStartFailed',
      message: matching(/HiveMQ JAR not found|hivemq\.jar/),
    });
    await cluster().inHome('n1', 'mv current/bin/away.jar current/bin/hivemq.jar');
  });

  it('tells a license that the broker refuses, and an extension that it does not start', async () => {
    const { spec } = cluster();
    const licenses = [{ name: 'a.lic', content: { file: 'a.lic' } }];
    const extensions = [{ id: 'an-extension', enabled: true, files: {} }];
    const start = (more: object) =>
      cluster().driver.start({ ...cluster().node('n1'), spec: parsed(spec, more) }, 'run', keptProgress());
    await cluster().inHome('n1', 'echo "no license" >license/a.lic; mkdir -p extensions/an-extension');
    const description =
      '<hivemq-extension><id>another</id><name>An Extension</name><version>1</version></hivemq-extension>';
    await cluster().inHome('n1', `echo '${description}' >extensions/an-extension/hivemq-extension.xml`);
    await expect(start({ licenses })).rejects.toMatchObject({
      kind: 'BrokerStartFailed',
      message: containing('License file a.lic is corrupt.'),
    });
    // Asked again about a broker that runs, it gives the same answer.
    await expect(start({ licenses })).rejects.toMatchObject({ kind: 'BrokerStartFailed' });
    await stop();
    await cluster().inHome('n1', 'rm license/a.lic');
    await expect(start({ extensions })).rejects.toMatchObject({
      kind: 'BrokerStartFailed',
      message: containing('an-extension'),
    });
    await stop();
    await cluster().inHome('n1', 'rm -r extensions/an-extension');
  });

  it('takes the values of placeholders from the file with secrets as well', async () => {
    await cluster().inHome('n1', "echo '<!-- ${ENV:HIVEKEEPER_A} -->' >>conf/config.xml");
    await cluster().inHome('n1', 'echo \'HIVEKEEPER_A=""\' >conf/hivekeeper-secrets.env');
    await expect(start()).rejects.toMatchObject({ kind: 'BrokerStartFailed', message: containing('HIVEKEEPER_A') });
    await cluster().inHome('n1', 'echo \'HIVEKEEPER_A="a"\' >conf/hivekeeper-secrets.env');
    await start();
    await stop();
    await cluster().inHome('n1', 'rm conf/hivekeeper-secrets.env');
    await restore();
  });

  it('does not take a host with a damaged identity for one without', async () => {
    await cluster().inHome('n1', 'echo "{" >.hivekeeper/node.json');
    const found = await cluster().driver.observe(cluster().node('n1'));
    expect(found).toMatchObject({ reachable: false, identity: null });
    expect(found.unreachable).toContain('node.json');
    await cluster().inHome('n1', 'rm .hivekeeper/node.json');
  });

  it('never throws while it observes', async () => {
    const broken = { ...cluster().node('n1'), name: 'nobody' };
    expect(await cluster().driver.observe(broken)).toMatchObject({ reachable: false });
  });
});

describe('data that is kept', () => {
  const cluster = useCluster(['n1']);
  const place = () => {
    const { home } = cluster().resolved('n1');
    return { host: cluster().host('n1'), home, user: cluster().spec.broker.user };
  };

  it('moves a data folder by a rename and leaves an empty one; asked again after a lost answer it tells the same', async () => {
    await cluster().inHome('n1', 'mkdir -p data/persistence && echo precious >data/persistence/file && chmod 750 data');
    const before = await cluster().inHome('n1', 'stat -c %i data');
    const moved = await cluster().driver.moveDataAside(cluster().node('n1'), 'retired');
    expect(moved).toMatch(/^data-kept\/\d{8}T\d{9}Z-retired$/);
    expect(await cluster().inHome('n1', `stat -c %i ${moved ?? ''}; cat ${moved ?? ''}/persistence/file`)).toBe(
      `${before}precious\n`,
    );
    expect(await cluster().inHome('n1', 'ls -A data; stat -c %a data')).toBe('750\n');
    expect(await cluster().driver.moveDataAside(cluster().node('n1'), 'retired')).toBe(moved);
    await cluster().inHome('n1', `echo '{ "movedData": [{ "path": "${moved ?? ''}" }] }' >.hivekeeper/node.json`);
    expect(await cluster().driver.moveDataAside(cluster().node('n1'), 'retired')).toBeNull();
  });

  it('refuses a link, which a rename would leave pointing to the data', async () => {
    await cluster().inHome('n1', 'rmdir data && mkdir elsewhere && echo x >elsewhere/file && ln -s elsewhere data');
    await expect(cluster().driver.moveDataAside(cluster().node('n1'), 'retired')).rejects.toMatchObject({
      kind: 'CheckFailed',
      details: { check: 'data-kept' },
    });
    expect(await cluster().inHome('n1', 'rm data && mv elsewhere data && cat data/file')).toBe('x\n');
  });

  it('has no copy to keep where a start left none', async () => {
    expect(await keepBackupCopy(place(), 0)).toBeNull();
  });

  it('refuses a reason that is no part of a file name', async () => {
    await expect(cluster().driver.moveDataAside(cluster().node('n1'), '../x')).rejects.toMatchObject({
      kind: 'InvalidInput',
    });
  });
});
