import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { licenseMarker } from '../../src/sandbox/distribution/index.js';
import { DayTwo } from './support/day-two.js';
import { crashTests, DeadWorkers } from './support/dead-workers.js';
import { expectFailure, useScenario } from './support/scenario.js';
import type { WorkerProcess } from './support/worker-process.js';

const CLUSTER = 'licenses';
const LONG = 120_000;
const members = ['n1', 'n2', 'n3'];
const all = [...members, 'n4'];
let worker: WorkerProcess | undefined;
const license = `${licenseMarker}\nlicense of the test\n`;

const scenario = useScenario({ gates: [], withWorker: false });
const workers = new DeadWorkers(scenario, CLUSTER);
const day = new DayTwo(scenario, CLUSTER);
const { at, local, log, text } = day;

describe('licenses of a running cluster', () => {
  test('one given in base64 comes to every node, over a dead worker and without a restart', {
    timeout: LONG,
  }, async () => {
    const first = await scenario().worker();
    await scenario().complete('deployCluster', { cluster: CLUSTER, spec: scenario().spec({ name: CLUSTER }) });
    await first.stop();
    const since = Date.now();
    const content = { base64: Buffer.from(license).toString('base64') };
    await workers.run('addLicense', { name: 'prod.lic', content }, ['applySettings']);
    for (const name of members) {
      expect(text(name, 'license/prod.lic')).toBe(license);
      expect(log(name)).toContain('License file prod.lic is valid.');
    }
    expect(day.effects(since)).toEqual({});
  });

  test('one that the broker calls corrupt is put back on the first node, and reaches no other', {
    timeout: LONG,
  }, async () => {
    worker = await scenario().worker();
    const [since, before] = [Date.now(), await day.recorded()];
    expect(before.licenses).toEqual([
      {
        name: 'prod.lic',
        content: { stored: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown, bytes: license.length },
      },
    ]);
    writeFileSync(local('bad.lic'), 'no license');
    const replaced = await day.type('add-license', 'prod.lic', '--file', 'bad.lic');
    expect(replaced.code).not.toBe(0);
    expect(replaced.stderr).toContain('License file prod.lic is corrupt.');
    const added = await day.type('add-license', 'more.elic', '--file', 'bad.lic');
    expect(added.stderr).toContain('License file more.elic is corrupt.');
    for (const name of members) {
      expect(text(name, 'license/prod.lic')).toBe(license);
      expect(existsSync(at(name, 'license/more.elic'))).toBe(false);
    }
    for (const name of ['n2', 'n3']) expect(log(name)).not.toContain('is corrupt');
    expect(day.effects(since)).toEqual({});
    expect(await day.recorded()).toEqual(before);
  });

  test('another content takes its place; the same again plans nothing', { timeout: LONG }, async () => {
    writeFileSync(
      local('renewed.b64'),
      Buffer.from(`${license}renewed\n`)
        .toString('base64')
        .replace(/(.{20})/g, '$1\n'),
    );
    const renew = ['add-license', 'prod.lic', '--base64-file', 'renewed.b64'] as const;
    expect(await day.type(...renew)).toMatchObject({ code: 0 });
    for (const name of members) expect(text(name, 'license/prod.lic')).toBe(`${license}renewed\n`);
    const again = await day.type(...renew);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('nothing to do');
  });

  test('a node made later has it', { timeout: LONG }, async () => {
    expect(await day.type('scale', '--nodes', '4')).toMatchObject({ code: 0 });
    expect(text('n4', 'license/prod.lic')).toBe(`${license}renewed\n`);
    expect(log('n4')).toContain('License file prod.lic is valid.');
  });

  test('what cannot be is refused, and says what there is', { timeout: LONG }, async () => {
    const before = await day.recorded();
    const unknown = await scenario().run('removeLicense', { cluster: CLUSTER, name: 'other.lic' });
    expectFailure(unknown, 'PlanRefused', 'its spec has no license other.lic; it has prod.lic');
    const content = { text: license };
    const noLicense = await scenario().run('addLicense', { cluster: CLUSTER, name: 'prod.txt', content });
    expectFailure(noLicense, 'InvalidInput', 'a license file ends in .lic (broker), .elic (extension) or .plic');
    expect(await day.recorded()).toEqual(before);
  });

  test('one that goes is gone from every node, over a dead worker; what somebody else put there stays', {
    timeout: LONG,
  }, async () => {
    await worker?.stop();
    const since = Date.now();
    writeFileSync(at('n2', 'license/own.lic'), license);
    await workers.run('removeLicense', { name: 'prod.lic' }, ['applySettings']);
    for (const name of all) expect(existsSync(at(name, 'license/prod.lic'))).toBe(false);
    expect(text('n2', 'license/own.lic')).toBe(license);
    expect(day.effects(since)).toEqual({});
    await scenario().worker();
    expect(await day.recorded()).toMatchObject({ licenses: [] });
  });

  test('every operation for licenses is among them', () => {
    expect([...workers.covered].sort()).toEqual(crashTests.licenses);
  });
});
