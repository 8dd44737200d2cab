import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { licenseMarker } from '../../../src/sandbox/distribution/index.js';
import { Sim, until } from '../../conformance/support/sim.js';

describe('the license folder', () => {
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1 });
  });
  afterAll(() => sim.remove());

  it('is read at the start and followed: valid ones are taken up, corrupt ones are told of', async () => {
    const node = sim.node(0);
    const put = (name: string, text: string): void => writeFileSync(path.join(node.home, 'license', name), text);
    put('broken.lic', 'anything');
    put('readme.txt', 'no license');
    await sim.startAll();
    expect(node.log).toContain('ERROR - License file broken.lic is corrupt.');
    expect(node.log).toContain('No valid license file found. HiveMQ runs in evaluation mode.');
    expect(node.log).not.toContain('readme.txt');
    put('new.lic', `${licenseMarker}\ncustomer: stage\n`);
    put('extension.elic', Buffer.from(`${licenseMarker}\n`).toString('base64'));
    put('hub.plic', `not ${licenseMarker}`);
    await until('the license is taken up', () => node.log.includes('INFO  - License file new.lic is valid.'));
    await until('the other is too', () => node.log.includes('INFO  - License file extension.elic is valid.'));
    await until('the third is not', () => node.log.includes('ERROR - License file hub.plic is corrupt.'));
    put('broken.lic', `${licenseMarker}\n`);
    await until('the mended one is', () => node.log.includes('INFO  - License file broken.lic is valid.'));
  });
});
