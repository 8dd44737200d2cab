import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InstalledExtension, NodeManifest, SecretText } from '../../../src/render/node-manifest.js';
import { extensionZip } from './support/extensions.js';
import { useBench } from './support/bench.js';

const bench = useBench();
const at = (path: string): string => join(bench().home, path);
const text = (path: string): string => readFileSync(at(path), 'utf8');
const put = (path: string, content: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const file = 'conf/users/list.xml';
const path = 'extensions/users/conf/list.xml';
const link = { path, target: file, effect: 'hot' } as const;
const enabled = (id: string): boolean =>
  existsSync(at(`extensions/${id}`)) && !existsSync(at(`extensions/${id}/DISABLED`));

const extension = async (more: Partial<InstalledExtension> = {}): Promise<InstalledExtension> => ({
  ...{ id: 'users', content: await extensionZip(bench().store, 'users', { 'conf/list.xml': 'shipped' }) },
  ...{ enabled: true, effect: 'hot' },
  ...more,
});
const listWith = (content: string): Pick<NodeManifest, 'contents'> => ({
  contents: [{ path: file, mode: 0o600, content: { text: content }, effect: 'hot' }],
});

describe('a link', () => {
  it('takes the place of a file that was shipped, which stays beside it, and is made once', async () => {
    const manifest = { ...listWith('mine'), extensions: [await extension()], links: [link] };
    expect((await bench().place(manifest)).written).toContain(path);
    expect(readlinkSync(at(path))).toBe('../../../conf/users/list.xml');
    expect(text(path)).toBe('mine');
    expect(text(`${path}.before`)).toBe('shipped');
    expect((await bench().place(manifest)).written).toEqual([]);
  });

  it('is made anew where somebody changed it', async () => {
    const manifest = { ...listWith('mine'), links: [link] };
    await bench().place(manifest);
    rmSync(at(path));
    put(path, 'by hand');
    expect((await bench().place(manifest)).written).toEqual([path]);
    expect(text(path)).toBe('mine');
  });

  it('outlives what lies around it, and its file outlives that', async () => {
    await bench().place({ ...listWith('mine'), extensions: [await extension()], links: [link] });
    const content = await extensionZip(bench().store, 'users', { 'conf/list.xml': 'shipped anew', 'conf/more': '1' });
    await bench().place({ ...listWith('mine'), extensions: [await extension({ content })], links: [link] });
    expect(text('extensions/users/conf/more')).toBe('1');
    expect(lstatSync(at(path)).isSymbolicLink()).toBe(true);
    await bench().place({ ...listWith('mine') });
    expect(existsSync(at('extensions/users'))).toBe(false);
    expect(text(file)).toBe('mine');
  });
});

describe('an extension that takes over from another', () => {
  const other: InstalledExtension = { id: 'everybody', content: null, enabled: false, ifThere: true, effect: 'hot' };

  it('runs before the other one is stopped', async () => {
    put('extensions/everybody/hivemq-extension.xml', '<hivemq-extension/>');
    const seen: unknown[] = [];
    const untilStarted = (ids: readonly string[]): Promise<void> => {
      seen.push([ids, enabled('users'), enabled('everybody')]);
      return Promise.resolve();
    };
    const extensions = [other, await extension()];
    expect(await bench().place({ extensions }, { untilStarted })).toMatchObject({
      ...{ started: ['users'], stopped: ['everybody'] },
    });
    expect(seen).toEqual([[['users'], true, true]]);
    expect(enabled('everybody')).toBe(false);
    await bench().place({ extensions }, { untilStarted });
    expect(seen).toHaveLength(1);
  });

  it('does not take over when it does not start', async () => {
    put('extensions/everybody/hivemq-extension.xml', '<hivemq-extension/>');
    const untilStarted = (): Promise<void> => Promise.reject(new Error('it does not start'));
    const placed = bench().place({ extensions: [other, await extension()] }, { untilStarted });
    await expect(placed).rejects.toThrow('it does not start');
    expect(enabled('everybody')).toBe(true);
  });

  it('has nothing to take over where the other one is not there', async () => {
    expect(await bench().place({ extensions: [other, await extension()] })).toMatchObject({ stopped: [] });
    expect(existsSync(at('extensions/everybody'))).toBe(false);
  });
});

describe('what an extension reads at its start alone', () => {
  it('is changed while it is stopped, and then it is started again', async () => {
    const settings = 'extensions/users/conf/settings.xml';
    const extensions = [await extension({ readAtStart: [settings] })];
    const manifest = (content: string): Partial<NodeManifest> => ({
      extensions,
      files: [{ path: settings, content, mode: 0o640, effect: 'hot' }],
    });
    const stopped: unknown[] = [];
    const untilStopped = (ids: readonly string[]): Promise<void> => {
      stopped.push([ids, enabled('users'), text(settings)]);
      return Promise.resolve();
    };
    await bench().place(manifest('one'));
    expect(await bench().place(manifest('two'), { untilStopped })).toMatchObject({ started: ['users'] });
    expect(stopped).toEqual([[['users'], false, 'one']]);
    expect([text(settings), enabled('users')]).toEqual(['two', true]);
    expect(await bench().place(manifest('two'), { untilStopped })).toMatchObject({ started: [] });
    expect(stopped).toHaveLength(1);
  });
});

describe('passwords in a file', () => {
  const password = (form: 'hashed' | 'plain', user = 'ann'): SecretText => ({
    ...{ from: 'file-rbac-password', form, user, secret: { env: 'PASSWORD' } },
  });
  const place = (value: SecretText) =>
    bench().place({
      secretFiles: [{ path: file, under: 'home', template: '<p>@{P}</p>', values: { P: value }, effect: 'hot' }],
    });

  it('are hashes, the same at each attempt and another one for each user', async () => {
    bench().environment['PASSWORD'] = 'a <secret>';
    expect((await place(password('hashed'))).written).toEqual([file]);
    expect(text(file)).toMatch(/^<p>[A-Za-z0-9+/=]{44}:100:[A-Za-z0-9+/=]{88}<\/p>$/);
    expect(statSync(at(file)).mode & 0o777).toBe(0o600);
    expect((await place(password('hashed'))).written).toEqual([]);
    expect((await place(password('hashed', 'bob'))).written).toEqual([file]);
  });

  it('are as they are where that was asked for', async () => {
    bench().environment['PASSWORD'] = 'a <secret> & more';
    await place(password('plain'));
    expect(text(file)).toBe('<p>a &lt;secret&gt; &amp; more</p>');
  });

  it.each([
    ['plain', 'top\u0007secret', 'has control characters'],
    ['plain', ' topsecret', 'has blanks around it'],
  ] as const)('are refused %s as %j, which is not told', async (form, value, reason) => {
    bench().environment['PASSWORD'] = value;
    const refusal = place(password(form)).catch(String);
    expect(await refusal).toMatch(new RegExp(`the password of the user ann ${reason}`));
    expect(await refusal).not.toContain('secret');
    expect(existsSync(at(file))).toBe(false);
  });
});
