import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useBench } from './support/bench.js';
import { extensionZip } from './support/extensions.js';

const bench = useBench();
const at = (path: string): string => join(bench().home, path);
const put = (path: string, content: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const hot = { effects: new Set(['hot'] as const) };
const own = { enabled: true, effect: 'hot' as const };

describe('an extension that somebody changed', () => {
  it('is what its archive has again, where another version was laid over it', async () => {
    const manifest = { extensions: [{ id: 'one', content: await extensionZip(bench().store, 'one'), ...own }] };
    await bench().place(manifest, hot);
    const before = readFileSync(at('extensions/one/hivemq-extension.xml'), 'utf8');
    put('extensions/one/hivemq-extension.xml', before.replace(/<version>.*<\/version>/, '<version>99.0.0</version>'));
    expect(await bench().place(manifest, hot)).toMatchObject({ written: ['extensions/one'], started: ['one'] });
    expect(readFileSync(at('extensions/one/hivemq-extension.xml'), 'utf8')).toBe(before);
    expect(existsSync(at('extensions/one/DISABLED'))).toBe(false);
    expect((await bench().place(manifest, hot)).written).toEqual([]);
  });

  it('keeps a description of its own that the spec gives it', async () => {
    const content = await extensionZip(bench().store, 'one');
    const path = 'extensions/one/hivemq-extension.xml';
    const text = '<hivemq-extension><id>one</id><name>One</name><version>99.0.0</version></hivemq-extension>';
    const contents = [{ path, mode: 0o640, content: { text }, effect: 'hot' as const }];
    const manifest = { extensions: [{ id: 'one', content, ...own }], contents };
    await bench().place(manifest, hot);
    expect((await bench().place(manifest, hot)).written).toEqual([]);
    expect(readFileSync(at(path), 'utf8')).toBe(text);
  });

  it('comes back from the package of the broker, where that has it', async () => {
    put('current/extensions/bundled/hivemq-extension.xml', '<hivemq-extension/>');
    const manifest = { extensions: [{ id: 'bundled', content: null, ...own }] };
    expect(await bench().place(manifest, hot)).toMatchObject({ written: ['extensions/bundled'], started: ['bundled'] });
    expect(existsSync(at('extensions/bundled/DISABLED'))).toBe(false);
    rmSync(at('extensions/bundled'), { recursive: true });
    rmSync(at('current'), { recursive: true });
    await expect(bench().place(manifest, hot)).rejects.toMatchObject({ kind: 'CheckFailed' });
  });
});
