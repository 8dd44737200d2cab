import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectArchive, unpackOnHost } from '../../../src/adapters/archive/index.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';
import { makeTarGz, type TarPart } from './tars.js';
import { makeZip } from './zips.js';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hivekeeper-tar-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const next = (): string => {
  count += 1;
  return join(folder, `${String(count)}.tar.gz`);
};
const tarOf = (parts: readonly TarPart[]): Promise<string> => makeTarGz(next(), parts);
const file = (name: string, content = 'x'): TarPart => ({ name, content });
const link = (name: string, linkname: string): TarPart => ({ name, type: 'symlink', linkname });

/** Laid out as a Java runtime is shipped, by the tar of this machine. */
function runtime(): string {
  const from = join(folder, `tree-${String(count)}`);
  const top = join(from, 'jdk-17.0.15+6-jre');
  for (const name of ['bin', 'lib', 'legal/java.base', 'legal/java.desktop'])
    mkdirSync(join(top, name), { recursive: true });
  writeFileSync(join(top, 'bin/java'), '#!/bin/sh\necho java\n', { mode: 0o755 });
  writeFileSync(join(top, 'lib/modules'), randomBytes(2_000_000));
  writeFileSync(join(top, 'legal/java.base/LICENSE'), 'text');
  symlinkSync('../java.base/LICENSE', join(top, 'legal/java.desktop/LICENSE'));
  execFileSync('ln', [join(top, 'lib/modules'), join(top, 'lib/twin')]);
  writeFileSync(join(top, 'lib', `${'long'.repeat(40)}.txt`), 'a long name');
  const path = next();
  execFileSync('tar', ['-czf', path, '-C', from, '.']);
  return path;
}

describe('inspectArchive of a .tar.gz', () => {
  it('takes one as a vendor ships it', async () => {
    await expect(inspectArchive(runtime())).resolves.toBeUndefined();
  });

  it.each<[string, readonly TarPart[]]>([
    ['a parent folder in a name', [file('a/../../c')]],
    ['an absolute name', [file('/etc/passwd')]],
    ['a dot in a name', [file('a/./b')]],
    ['a control character in a name', [file('a\nb')]],
    ['a name twice', [file('a/x'), file('a/x')]],
    ['a file below a file', [file('a/x'), file('a/x/y')]],
    ['a file below a link', [link('a/l', 'b'), file('a/l/y')]],
    ['a link to an absolute path', [link('a/l', '/etc/passwd')]],
    ['a link out of the folder', [file('b'), link('a/l', '../../x')]],
    ['a link out of the top folder', [file('a/y'), link('a/l', '../x')]],
    ['a link that turns back behind a name', [link('a/p/q', '../s'), link('a/l', 'p/q/../../x')]],
    ['an empty link', [link('a/l', '')]],
    ['a hard link to what is not there', [{ name: 'a/l', type: 'link', linkname: 'a/none' }]],
    ['a hard link to elsewhere', [file('a/x'), { name: 'a/l', type: 'link', linkname: '../etc/passwd' }]],
    ['a device', [{ name: 'a/d', type: 'character-device' }]],
    ['a pipe', [{ name: 'a/p', type: 'fifo' }]],
    ['nothing at all', []],
  ])('refuses %s', async (_what, parts) => {
    await expect(inspectArchive(await tarOf(parts))).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('refuses bombs and too much', async () => {
    const bomb = await tarOf([{ name: 'a/zeros', content: Buffer.alloc(80 * 1024 * 1024) }]);
    await expect(inspectArchive(bomb)).rejects.toThrow(/100 times/);
    const small = await tarOf([file('a/x', 'x'.repeat(2000)), file('a/y')]);
    await expect(inspectArchive(small, { bytes: 1000 })).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    await expect(inspectArchive(small, { entries: 1 })).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('refuses one that was cut or changed anywhere', async () => {
    const whole = readFileSync(runtime());
    const path = next();
    const refused = async (bytes: Buffer): Promise<void> => {
      writeFileSync(path, bytes);
      await expect(inspectArchive(path)).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    };
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (at) => refused(whole.subarray(0, at))),
      { numRuns: 20 },
    );
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(1_000_000) ^ 0xff, 1_000_000);
    await refused(changed);
  });

  it('refuses what is no archive, and lets a missing file be what it is', async () => {
    const path = next();
    writeFileSync(path, 'text');
    await expect(inspectArchive(path)).rejects.toThrow(/neither a \.zip nor a \.tar\.gz/);
    await expect(inspectArchive(next())).rejects.toThrow('ENOENT');
  });

  it('takes a zip as well', async () => {
    const path = await makeZip(next(), [['jre/bin/java', 'x', 0o100755]]);
    await expect(inspectArchive(path)).resolves.toBeUndefined();
  });
});

describe.skipIf(opensshMissing !== null)('unpackOnHost of a .tar.gz', () => {
  const ssh = useSshHost();

  it('unpacks without the top folder, keeps permissions and links, and does it once', async () => {
    const target = join(ssh.folder, 'packages/java-0123456789ab');
    const path = runtime();
    expect(await unpackOnHost(ssh.host, path, target)).toBe('unpacked');
    expect(execFileSync(join(target, 'bin/java'), { encoding: 'utf8' })).toBe('java\n');
    expect(statSync(join(target, 'lib/modules')).size).toBe(2_000_000);
    expect(statSync(join(target, 'lib/twin')).ino).toBe(statSync(join(target, 'lib/modules')).ino);
    expect(lstatSync(join(target, 'legal/java.desktop/LICENSE')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(target, 'legal/java.desktop/LICENSE'))).toBe('../java.base/LICENSE');
    expect(readFileSync(join(target, 'lib', `${'long'.repeat(40)}.txt`), 'utf8')).toBe('a long name');
    expect(await unpackOnHost(ssh.host, path, target)).toBe('unchanged');
  });

  it('leaves nothing behind when the archive is refused', async () => {
    const target = join(ssh.folder, 'refused/java');
    const path = await tarOf([file('a/first'), link('a/l', '/etc')]);
    await expect(unpackOnHost(ssh.host, path, target)).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    expect(existsSync(target)).toBe(false);
  });
});
