import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { product } from '../../domain/support/specs.js';
import { mustSkip, type Requirement } from '../../support/requirements.js';
import { NodeBench } from './support/node-bench.js';

const namespace = ['unshare', '--user', '--map-root-user', '--mount'] as const;

function mayMount(): Requirement {
  const [program, ...args] = namespace;
  const tried = spawnSync(program, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return {
    missing: tried.status === 0 ? undefined : 'A small disk cannot be mounted in a namespace of its own.',
    install: 'apt-get install util-linux, where the kernel lets this account make user namespaces',
  };
}

/** KiB of the disk that the broker's home lies on. */
const size = 1024;

describe.skipIf(mustSkip(mayMount()))('a disk of a node that is full', () => {
  let folder: string;
  let holder: ReturnType<typeof spawn>;
  let node: NodeBench;
  const state = () => {
    const { hot, placed, files, before } = node.identity();
    return { files: node.files(), hot, placed, noted: files, before, kept: node.kept(), running: node.broker.running };
  };
  /** Leaves that many KiB. */
  const fill = (left: number): void => {
    rmSync(join(node.seen, 'filler'), { force: true });
    const { bavail, bsize } = statfsSync(node.seen);
    // More than the disk has would be another one.
    if (bavail * bsize > size * 1024) throw new Error('The small disk is not there.');
    writeFileSync(join(node.seen, 'filler'), randomBytes(Math.max(0, bavail * bsize - left * 1024)));
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-disk-'));
    const [program, ...args] = namespace;
    const script = 'mkdir -p "$1" && mount -t tmpfs -o "size=$2k" tmpfs "$1" && echo ready && exec sleep 1000';
    holder = spawn(program, [...args, 'sh', '-c', script, 'sh', join(folder, 'home'), String(size)]);
    if (holder.stdout !== null) await once(holder.stdout, 'data');
    const pid = String(holder.pid);
    const enter = ['nsenter', '--preserve-credentials', '--user', '--mount', '-t', pid, '--'];
    node = new NodeBench(folder, enter, `/proc/${pid}/root`);
    await node.apply(await node.withExtension(node.plain, 'one'));
  });
  beforeEach(() => rmSync(join(node.seen, 'filler'), { force: true }));
  afterEach(() => rmSync(join(node.seen, 'filler'), { force: true }));
  afterAll(() => {
    node.broker.stop();
    holder.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  let token = 1;
  const next = (): number => (token += 1);

  it('stops a change before anything is touched where an archive does not fit', async () => {
    const before = state();
    const big = { files: { 'lib/big': randomBytes(400_000).toString('hex') } };
    const spec = await node.withExtension(await node.withExtension(node.plain, 'one'), 'two', big);
    fill(300);
    await expect(node.apply(spec, { token: next() })).rejects.toMatchObject({
      kind: 'DiskFull',
      retryable: false,
      message: expect.stringMatching(
        /^n1: there is no room for .*unpacked\/two: No space left on device\. Make room and run the operation again\. Nothing was changed on n1\.$/,
      ) as string,
    });
    expect(state()).toEqual(before);
    expect(existsSync(join(node.seen, '.hivekeeper/unpacked'))).toBe(false);
    expect(existsSync(join(node.seen, 'extensions/two'))).toBe(false);
  });

  it('that gets full in the middle: everything is put back, and nothing is half-written', async () => {
    const before = state();
    const upgraded = await node.withExtension(node.plain, 'one', { version: '2.0.0' });
    const { sha256: stored } = await node.store.put(randomBytes(400_000));
    const spec = product.additions.withLicense(upgraded, { name: 'prod.lic', content: { stored } });
    fill(100);
    await expect(node.apply(spec, { token: next() })).rejects.toMatchObject({
      kind: 'DiskFull',
      message: expect.stringMatching(
        /^n1: there is no room for .*license\/prod\.lic: No space left on device\..* Everything on n1 is as before\.$/,
      ) as string,
    });
    expect(state()).toEqual(before);
    expect(node.broker.version('one')).toBe('1.0.0');
    expect(readdirSync(join(node.seen, 'license'))).toEqual([]);
    rmSync(join(node.seen, 'filler'));
    // With room the same goes through, as far as the disk is concerned.
    await expect(node.apply(spec, { token: next() })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    await node.apply(upgraded, { token: next() });
    expect(node.broker.version('one')).toBe('2.0.0');
  });

  it('without any room at all is said, and nothing is changed', async () => {
    const before = node.files();
    fill(0);
    const spec = product.additions.withExtensionFile(
      await node.withExtension(node.plain, 'one', { version: '2.0.0' }),
      {
        ...{ id: 'one', path: 'conf/a', content: { text: 'a' } },
      },
    );
    await expect(node.apply(spec, { token: next() })).rejects.toMatchObject({ kind: 'DiskFull' });
    expect(node.files()).toEqual(before);
  });
});
