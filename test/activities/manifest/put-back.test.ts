import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenseMarker } from '../../../src/sandbox/broker/licenses.js';
import { until } from '../../support/until.js';
import { throwing, useNodeBench } from './support/node-bench.js';

const bench = useNodeBench();
const at = (path: string): string => join(bench().home, path);
const license = (name: string): string => `${licenseMarker}\n${name}\n`;

/** Files, note and broker of the node, which must be the same after a change that was not taken. */
const state = () => {
  const { hot, placed, files, before } = bench().identity();
  return { files: bench().files(), hot, placed, noted: files, before, running: bench().broker.running };
};

describe('what a running broker does not take is put back', () => {
  it('a license, with everything else that came with it', async () => {
    const first = await bench().withExtension(bench().withLicense(bench().plain, license('first')), 'one');
    await bench().apply(first);
    const before = state();
    expect(before.running).toEqual(['one']);
    const more = await bench().withExtension(bench().withLicense(first, 'no license'), 'two');
    await expect(bench().apply(more, { token: 2 })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      retryable: false,
      message: expect.stringMatching(
        /^n1: the broker refuses the license prod\.lic: .*License file prod\.lic is corrupt\. Everything on n1 is as before\.$/,
      ) as string,
    });
    expect(state()).toEqual(before);
    expect(bench().kept()).toEqual([]);
    await until(() => bench().broker.text.endsWith('License file prod.lic is valid.\n'));
    expect(bench().broker.text).toContain('Extension "The two" version 1.0.0 stopped successfully.');
  });

  it('a new extension that throws at its start goes away', async () => {
    await bench().apply(bench().plain);
    const before = state();
    const broken = await bench().withExtension(bench().plain, 'one', { files: throwing });
    await expect(bench().apply(broken, { token: 2 })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      message: expect.stringMatching(
        /^n1: the broker does not start the extension one: .*uncaught exception.* Everything on n1 is as before\.$/s,
      ) as string,
    });
    expect(state()).toEqual(before);
    expect(existsSync(at('extensions/one'))).toBe(false);
  });

  it('an upgrade: the old folder comes back with what was written by hand, and runs', async () => {
    const old = await bench().withExtension(bench().plain, 'one', { files: { 'conf/a': 'archive' } });
    await bench().apply(old);
    writeFileSync(at('extensions/one/conf/a'), 'by hand');
    writeFileSync(at('extensions/one/by-hand'), 'mine');
    const before = state();
    const broken = await bench().withExtension(old, 'one', {
      version: '2.0.0',
      files: { ...throwing, 'conf/a': 'new' },
    });
    await expect(bench().apply(broken, { token: 2 })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(state()).toEqual(before);
    expect(bench().broker.version('one')).toBe('1.0.0');
  });

  it('an upgrade of an extension that somebody installed by hand', async () => {
    mkdirSync(at('extensions/one'), { recursive: true });
    const xml = '<hivemq-extension><id>one</id><name>Own</name><version>0.1</version></hivemq-extension>';
    writeFileSync(at('extensions/one/hivemq-extension.xml'), xml);
    await until(() => bench().broker.version('one') === '0.1');
    await bench().apply(bench().plain);
    const before = state();
    const broken = await bench().withExtension(bench().plain, 'one', { files: throwing });
    await expect(bench().apply(broken, { token: 2 })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(state()).toEqual(before);
    expect(bench().broker.version('one')).toBe('0.1');
  });

  it('one that is enabled and throws is disabled again, also where the broker disabled it itself', async () => {
    const off = await bench().withExtension(bench().plain, 'one', { files: throwing, enabled: false });
    await bench().apply(off);
    const before = state();
    const on = await bench().withExtension(off, 'one', { files: throwing, enabled: true });
    await expect(bench().apply(on, { token: 2 })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(state()).toEqual(before);
    expect(existsSync(at('extensions/one/DISABLED'))).toBe(true);
  });

  it('a stop that the broker does not confirm: the extension is enabled as before', async () => {
    const on = await bench().withExtension(bench().plain, 'one');
    await bench().apply(on);
    const before = state();
    bench().broker.deaf = true;
    const off = await bench().withExtension(on, 'one', { enabled: false });
    await expect(bench().apply(off, { token: 2 })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      message: expect.stringContaining('does not tell within 120 s: the stop of the extension one') as string,
    });
    bench().broker.deaf = false;
    expect(state()).toEqual(before);
  });

  it('a removal that the broker does not confirm: the extension and its files are there as before', async () => {
    const on = await bench().withExtension(bench().plain, 'one');
    await bench().apply(on);
    const before = state();
    bench().broker.deaf = true;
    await expect(bench().apply(bench().plain, { token: 2 })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    bench().broker.deaf = false;
    expect(state()).toEqual(before);
  });

  it('says so again to an attempt whose predecessor could not tell, and touches nothing', async () => {
    await bench().apply(bench().plain);
    const bad = bench().withLicense(bench().plain, 'no license');
    const said = await bench()
      .apply(bad, { token: 2 })
      .catch((error: unknown) => error);
    const log = bench().broker.text;
    await expect(bench().apply(bad, { token: 2 })).rejects.toEqual(said);
    expect(bench().broker.text).toBe(log);
    // Another operation tries it itself.
    await expect(bench().apply(bad, { token: 3 })).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(bench().broker.text.length).toBeGreaterThan(log.length);
  });

  it('says what could not be put back, keeps it, and what was there comes back with the next operation', async () => {
    await bench().apply(bench().withLicense(bench().plain, license('first')));
    const before = state();
    const bad = bench().withLicense(bench().plain, 'no license');
    const inTheWay = (): void => {
      rmSync(at('license/prod.lic'), { force: true });
      mkdirSync(at('license/prod.lic/in-the-way'), { recursive: true });
    };
    const driver: NonNullable<Parameters<ReturnType<typeof bench>['apply']>[1]>['driver'] = (real) => ({
      ...real,
      untilTakenUp: async (...given) => {
        try {
          await real.untilTakenUp(...given);
        } finally {
          inTheWay();
        }
      },
    });
    await expect(bench().apply(bad, { token: 2, driver })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      details: { putBack: false },
      message: expect.stringMatching(
        /n1 could not be put back: license\/prod\.lic; what it had lies in .*before\.$/,
      ) as string,
    });
    rmSync(at('license/prod.lic'), { recursive: true });
    await expect(bench().apply(bad, { token: 3 })).rejects.toMatchObject({ details: { putBack: true } });
    expect(state()).toEqual(before);
  });
});

describe('what is taken', () => {
  it('leaves nothing kept; an upgrade keeps conf of the old and awaits its stop and the new start', async () => {
    const old = await bench().withExtension(bench().plain, 'one', { files: { 'conf/a': 'old' } });
    await bench().apply(old);
    writeFileSync(at('extensions/one/conf/by-hand'), 'mine');
    const anew = await bench().withExtension(old, 'one', { version: '2.0.0', files: { 'conf/a': 'new' } });
    expect(await bench().apply(anew, { token: 2 })).toBe('wrote extensions/one; enabled one');
    expect(bench().broker.text).toMatch(
      /version 1\.0\.0 stopped successfully\.[^]*version 2\.0\.0 started successfully\./,
    );
    expect(readFileSync(at('extensions/one/conf/by-hand'), 'utf8')).toBe('mine');
    expect(readFileSync(at('extensions/one/conf/a'), 'utf8')).toBe('new');
    expect([bench().kept(), bench().identity().before]).toEqual([[], undefined]);
    expect(await bench().apply(anew, { token: 3 })).toBe('unchanged');
  });

  it('is not taken back because somebody cancelled or the host was lost: the step is tried again', async () => {
    const bad = bench().withLicense(bench().plain, 'no license');
    const lost = new AbortController();
    const driver: NonNullable<Parameters<ReturnType<typeof bench>['apply']>[1]>['driver'] = (real) => ({
      ...real,
      untilTakenUp: () => {
        lost.abort(new Error('cancelled'));
        return Promise.reject(new Error('cancelled'));
      },
    });
    await expect(bench().apply(bad, { driver, signal: lost.signal })).rejects.toThrow('cancelled');
    expect(readFileSync(at('license/prod.lic'), 'utf8')).toBe('no license');
    // A plan must not take it for given.
    expect(bench().identity().hot).not.toHaveProperty('license/prod.lic');
  });
});
