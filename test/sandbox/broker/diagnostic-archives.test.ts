import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sim, until } from '../../conformance/support/sim.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';

let sim: Sim;
beforeAll(async () => {
  sim = await Sim.create({ nodes: 2 });
  const secret =
    '<control-center><users><user><name>a</name><password>in-clear</password></user></users></control-center>';
  for (const node of sim.nodes) sim.configure(node, sim.nodes, secret);
  await sim.startAll();
});
afterAll(() => sim.remove());

it('each node of the cluster makes an archive of its own when one is asked', async () => {
  await sim.node(0).request('POST', '/api/v1/management/diagnostic-archives');
  for (const node of sim.nodes) {
    const folder = path.join(node.home, 'diagnostic-archive');
    const names = (): string[] =>
      existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.zip')) : [];
    await until('the archive is there', () => names().length === 1, node);
    const target = path.join(node.root, 'unpacked');
    await unzip(path.join(folder, names()[0] ?? ''), target);
    expect(readFileSync(path.join(target, 'conf/config.xml'), 'utf8')).toContain('<password>in-clear</password>');
    expect(readFileSync(path.join(target, 'log/hivemq.log'), 'utf8')).toContain('Started HiveMQ in');
    expect(readFileSync(path.join(target, 'system.txt'), 'utf8')).toContain(`HiveMQ version: ${node.version}`);
  }
});
