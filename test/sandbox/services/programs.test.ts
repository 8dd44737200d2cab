import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureVersitygw, findDnsmasq, findVersitygw } from '../../../src/sandbox/services/index.js';

describe('finding the programs of services', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-program-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(parts: string, text = ''): Promise<string> {
    const file = path.join(folder, parts);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  }
  const places = (env: NodeJS.ProcessEnv = {}) => ({
    env: { HOME: path.join(folder, 'home'), ...env },
    projectFolder: path.join(folder, 'project'),
    systemFolders: [path.join(folder, 'system')],
  });

  it('takes the one that the variable names, or none', async () => {
    const named = await program('named');
    await program('bin/versitygw');
    const PATH = path.join(folder, 'bin');
    expect(await findVersitygw(places({ HIVEKEEPER_VERSITYGW: named, PATH }))).toBe(named);
    const wrong = places({ HIVEKEEPER_VERSITYGW: path.join(folder, 'nothing'), PATH });
    await expect(findVersitygw(wrong)).rejects.toThrow(
      /HIVEKEEPER_VERSITYGW names .*nothing, which is not an executable/,
    );
  });

  it('looks in the folders of Go, then the caches, then the system, then PATH, the later before the earlier', async () => {
    expect(await findVersitygw(places())).toBeUndefined();
    for (const where of ['home/go/bin', 'home/.hivekeeper/cache/bin', 'project/.hivekeeper/cache/bin', 'system']) {
      const file = await program(`${where}/versitygw`);
      expect(await findVersitygw(places())).toBe(file);
    }
    const onPath = await program('bin/versitygw');
    expect(await findVersitygw(places({ PATH: path.join(folder, 'bin') }))).toBe(onPath);
  });

  it('asks Go where it installs, although Go is not on PATH', async () => {
    await program('system/go', `printf '\\n%s\\n' ${path.join(folder, 'gopath')}`);
    const installed = await program('gopath/bin/versitygw');
    expect(await findVersitygw(places({ PATH: '/usr/bin:/bin' }))).toBe(installed);
  });

  it('builds a pinned version into the cache of the project where there is none', async () => {
    const build = 'echo "#$2" > "$GOBIN/versitygw"; chmod +x "$GOBIN/versitygw"';
    await program('system/go', `[ "$1" = env ] && exit 0; ${build}`);
    const lines: string[] = [];
    const built = await ensureVersitygw(places({ PATH: '/usr/bin:/bin' }), (line) => lines.push(line));
    expect(built).toBe(path.join(folder, 'project', '.hivekeeper', 'cache', 'bin', 'versitygw'));
    expect(lines[0]).toMatch(/building github\.com\/versity\/versitygw\/cmd\/versitygw@v\d+\.\d+\.\d+ with Go/);
    expect(await ensureVersitygw(places({ PATH: '/usr/bin:/bin' }))).toBe(built);
  });

  it('says what is missing, and what Go said', async () => {
    await expect(ensureVersitygw(places({ PATH: '' }))).rejects.toThrow(/Install Go and run go install .*versitygw@v/);
    await program('system/go', '[ "$1" = env ] && exit 0; echo "no such module" >&2; exit 1');
    const refused = ensureVersitygw(places({ PATH: '/usr/bin:/bin' }));
    await expect(refused).rejects.toThrow(/failed \(exit 1\):\nno such module/);
  });

  it('finds the DNS server where Debian keeps servers', async () => {
    const file = await program('system/dnsmasq');
    expect(await findDnsmasq(places({ PATH: '' }))).toBe(file);
  });
});
