import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectZip, unpackOnHost } from '../../../src/adapters/archive/index.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';
import { makeZip, type ZipPart } from './zips.js';

const link = 0o120777;
const large = randomBytes(3_000_000);
const parts: readonly ZipPart[] = [
  ['pack-1.0/', null],
  ['pack-1.0/bin/run.sh', '#!/bin/sh\necho hi\n', 0o100755],
  ['pack-1.0/conf/config.xml', '<x/>', 0o100640],
  ['pack-1.0/lib/big.jar', large],
  ['pack-1.0/empty', ''],
  ['pack-1.0/latest', 'bin/run.sh', link],
  [`pack-1.0/${'deep/'.repeat(40)}file.txt`, 'a long name'],
  ['pack-1.0/data/', null, 0o040750],
];

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hivekeeper-archive-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const zipOf = (given: readonly ZipPart[]): Promise<string> => {
  count += 1;
  return makeZip(join(folder, `${String(count)}.zip`), given);
};

/** The same zip with a name patched in place, which the writing library would refuse to write. */
async function renamed(from: string, to: string, content = 'x'): Promise<string> {
  const path = await zipOf([[from, content]]);
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  writeFileSync(path, bytes);
  return path;
}

describe('inspectZip', () => {
  it('describes a sound archive', async () => {
    const path = await zipOf(parts);
    const bytes = parts.reduce((sum, [, content]) => sum + (content?.length ?? 0), 0);
    expect(await inspectZip(path)).toEqual({ topFolder: 'pack-1.0', entries: parts.length, bytes });
    expect(
      (
        await inspectZip(
          await zipOf([
            ['a/x', '1'],
            ['b', '2'],
          ]),
        )
      ).topFolder,
    ).toBeNull();
    expect((await inspectZip(await zipOf([['only', '1']]))).topFolder).toBeNull();
  });

  it.each([
    ['a parent folder', 'aa/bb/cc', 'a/../../c'],
    ['an absolute name', 'aetc/pass', '/etc/pass'],
    ['a drive', 'cdxyz', 'C:xyz'],
    ['a backslash', 'aaxbb', 'aa\\bb'],
    ['a dot', 'a/x/b', 'a/./b'],
    ['an empty part', 'a/xb', 'a//b'],
    ['a control character', 'axb', 'a\nb'],
  ])('refuses %s in a name', async (_what, from, to) => {
    await expect(inspectZip(await renamed(from, to))).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it.each<[string, readonly ZipPart[]]>([
    [
      'a name twice',
      [
        ['a/x', '1'],
        ['a/x', '2'],
      ],
    ],
    [
      'a file and a folder of one name',
      [
        ['a/x', '1'],
        ['a/x/', null],
      ],
    ],
    [
      'a file below a file',
      [
        ['a/x', '1'],
        ['a/x/y', '2'],
      ],
    ],
    [
      'a file below a link',
      [
        ['a/l', 'b', link],
        ['a/l/y', '2'],
      ],
    ],
    ['a link to an absolute path', [['a/l', '/etc/passwd', link]]],
    ['a link out of the folder', [['a/l', '../../x', link]]],
    ['a link out of the top folder', [['a/l', '../x', link]]],
    ['a device', [['a/d', '', 0o020644]]],
    ['nothing at all', []],
  ])('refuses %s', async (_what, given) => {
    await expect(inspectZip(await zipOf(given))).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('refuses bombs and too much', async () => {
    const bomb = await zipOf([['a/zeros', Buffer.alloc(80 * 1024 * 1024)]]);
    await expect(inspectZip(bomb)).rejects.toThrow(/100 times/);
    const small = await zipOf(parts);
    await expect(inspectZip(small, { bytes: 1000 })).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    await expect(inspectZip(small, { entries: 3 })).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('refuses an archive that was cut anywhere', async () => {
    const path = await zipOf(parts);
    const whole = readFileSync(path);
    const cut = join(folder, 'cut.zip');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        writeFileSync(cut, whole.subarray(0, length));
        await expect(inspectZip(cut)).rejects.toMatchObject({ kind: 'UnsafeArchive' });
      }),
      { numRuns: 30 },
    );
  });

  it('refuses an archive with a changed byte in its data', async () => {
    const path = await zipOf([['a/stored.bin', large]]);
    const bytes = readFileSync(path);
    const at = 1_500_000;
    bytes[at] = bytes[at]! ^ 0xff;
    writeFileSync(path, bytes);
    await expect(inspectZip(path)).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('lets a missing file be what it is', async () => {
    await expect(inspectZip(join(folder, 'none.zip'))).rejects.toThrow('ENOENT');
  });
});

describe.skipIf(opensshMissing !== null)('unpackOnHost', () => {
  const ssh = useSshHost();

  it('unpacks without the top folder, keeps permissions and links, and does it once', async () => {
    const target = join(ssh.folder, "packages/it's 1.0");
    const path = await zipOf(parts);
    expect(await unpackOnHost(ssh.host, path, target)).toBe('unpacked');
    expect(statSync(join(target, 'bin/run.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(target, 'conf/config.xml')).mode & 0o777).toBe(0o640);
    expect(statSync(join(target, 'data')).mode & 0o777).toBe(0o750);
    expect(readFileSync(join(target, 'lib/big.jar')).equals(large)).toBe(true);
    expect(readFileSync(join(target, `${'deep/'.repeat(40)}file.txt`), 'utf8')).toBe('a long name');
    expect(readFileSync(join(target, 'empty'), 'utf8')).toBe('');
    expect(lstatSync(join(target, 'latest')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(target, 'latest'))).toBe('bin/run.sh');
    expect(readdirSync(join(ssh.folder, 'packages'))).toEqual(["it's 1.0"]);
    const { ino } = statSync(target);
    expect(await unpackOnHost(ssh.host, path, target)).toBe('unchanged');
    expect(statSync(target).ino).toBe(ino);
  });

  it('leaves a folder of another origin alone', async () => {
    const target = join(ssh.folder, 'foreign');
    mkdirSync(target);
    await expect(unpackOnHost(ssh.host, await zipOf(parts), target)).rejects.toMatchObject({ kind: 'InvalidInput' });
    expect(readdirSync(target)).toEqual([]);
  });

  it('leaves nothing behind when the archive is damaged', async () => {
    const path = await zipOf([
      ['a/first', 'x'],
      ['a/stored.bin', large],
    ]);
    const bytes = readFileSync(path);
    bytes[1_500_000] = bytes[1_500_000]! ^ 0xff;
    writeFileSync(path, bytes);
    const target = join(ssh.folder, 'broken/pack');
    await expect(unpackOnHost(ssh.host, path, target)).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    expect(existsSync(target)).toBe(false);
    await expect.poll(() => readdirSync(join(ssh.folder, 'broken')), { timeout: 10_000 }).toEqual([]);
  });

  it('leaves nothing in place when it is aborted', async () => {
    const target = join(ssh.folder, 'aborted/pack');
    const stop = new AbortController();
    const path = await zipOf([
      ['a/1', randomBytes(20_000_000)],
      ['a/2', randomBytes(20_000_000)],
    ]);
    const running = unpackOnHost(ssh.host, path, target, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped')), 150);
    await expect(running).rejects.toThrow('stopped');
    expect(existsSync(target)).toBe(false);
    expect(await unpackOnHost(ssh.host, path, target)).toBe('unpacked');
  });

  it('serves two who unpack the same at once', async () => {
    const target = join(ssh.folder, 'twice/pack');
    const path = await zipOf(parts);
    const both = await Promise.all([unpackOnHost(ssh.host, path, target), unpackOnHost(ssh.host, path, target)]);
    expect(both).toContain('unpacked');
    expect(readdirSync(join(ssh.folder, 'twice'))).toEqual(['pack']);
  });
});
