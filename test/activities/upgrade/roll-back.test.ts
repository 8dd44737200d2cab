import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configureNode, startNode } from '../../../src/activities/steps/node-bodies.js';
import type { BrokerDriver } from '../../../src/adapters/ports/index.js';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import type { NodeObservation } from '../../../src/domain/observation/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { bareNode, servingNode, stoppedNode } from '../../domain/support/nodes.js';
import { useNodeBench } from '../manifest/support/node-bench.js';

const bench = useNodeBench();
const at = (path: string): string => join(bench().home, path);
const [old, next] = ['4.30.0', '4.31.0'];
const members = ['n1', 'n2'];
const input = { host: 'n1', version: next, members, joins: false, back: old };

/** A broker that does not start with the new version, and another member. */
class Node {
  running = false;
  readonly did: string[] = [];
  other: NodeObservation = servingNode('n2', ['n2'], old);
  onCall: (call: string) => void = () => undefined;

  driver = (real: BrokerDriver): BrokerDriver => ({
    ...real,
    observe: ({ name }) => {
      if (name !== 'n1') return Promise.resolve(this.other);
      const current = readlinkSync(at('current')).replace('packages/hivemq-', '');
      const node = this.running
        ? { ...bareNode('n1'), process: { running: true, pid: 1, startTime: '1' } }
        : stoppedNode('n1');
      return Promise.resolve({ ...node, current });
    },
    logEnd: () => Promise.resolve(0),
    start: () => {
      const version = readlinkSync(at('current'));
      this.did.push(`start ${version}`);
      this.onCall('start');
      if (!version.endsWith(next)) return Promise.resolve({ keptCopy: null });
      mkdirSync(at('data'), { recursive: true });
      writeFileSync(at('data/written-by'), next);
      return Promise.reject(
        new HivekeeperError('BrokerStartFailed', 'n1: its process ended; it last said: LinkageError.'),
      );
    },
    moveDataAside: async (node, reason) => {
      this.did.push('move');
      this.onCall('move');
      return real.moveDataAside(node, reason);
    },
  });
}

function specs(): ClusterSpec {
  for (const version of [old, next]) mkdirSync(at(`packages/hivemq-${version}`), { recursive: true });
  const { plain } = bench();
  const [n1] = plain.hosts;
  if (n1 === undefined) throw new Error('no host');
  const n2 = { ...n1, name: 'n2', address: '10.0.1.9', home: `${n1.home ?? ''}-2` };
  return { ...plain, nodes: 2, hosts: [n1, n2, ...plain.hosts.slice(1)], broker: { ...plain.broker, version: next } };
}

async function upgraded(node: Node, spec: ClusterSpec): Promise<string> {
  const context = () => bench().context(spec, { token: 2, driver: node.driver, running: () => node.running });
  if (!existsSync(at('current'))) await configureNode(context(), { host: 'n1', version: next, members });
  return startNode(context(), input);
}

const kept = (): string[] => (existsSync(at('data-kept')) ? readdirSync(at('data-kept')) : []);

describe('a node that does not start with its new version', () => {
  it('goes back to the old one, what it wrote kept aside, and says what all members run', async () => {
    const node = new Node();
    await expect(upgraded(node, specs())).rejects.toMatchObject({
      kind: 'NotTakenUp',
      message: expect.stringMatching(/LinkageError.*n1 runs 4\.30\.0 again.*n2 serves with 4\.30\.0/) as string,
    });
    expect(node.did).toEqual([`start packages/hivemq-${next}`, 'move', `start packages/hivemq-${old}`]);
    const [folder = ''] = kept();
    expect(folder).toMatch(/-upgrade-4\.31\.0$/);
    expect(readFileSync(at(`data-kept/${folder}/written-by`), 'utf8')).toBe(next);
    expect(bench().identity()).toMatchObject({ version: old, movedData: [{ reason: 'upgrade-4.31.0' }] });
  });

  it.each(['move', 'start'])('goes on where it was cut off at its %s', async (cut) => {
    const node = new Node();
    const spec = specs();
    let armed = true;
    node.onCall = (call) => {
      if (call !== cut || !armed || node.did.length < 2) return;
      armed = false;
      throw new HivekeeperError('HostUnreachable', 'n1 was lost');
    };
    await expect(upgraded(node, spec)).rejects.toMatchObject({ kind: 'HostUnreachable' });
    await expect(upgraded(node, spec)).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(node.did.filter((did) => did.endsWith(next))).toHaveLength(1);
    expect(node.did.at(-1)).toBe(`start packages/hivemq-${old}`);
    expect(kept()).toHaveLength(1);
    // What is asked once more is answered, and nothing is done.
    const before = node.did.length;
    await expect(upgraded(node, spec)).rejects.toMatchObject({ kind: 'NotTakenUp' });
    expect(node.did).toHaveLength(before);
  });

  it.each([
    ['no other member is there to fill it', stoppedNode('n2'), 'no other synchronized member holds its data'],
    [
      'the only other one is about to join',
      { ...servingNode('n2', ['n2'], old), synchronizing: 'join' as const },
      'no other synchronized member',
    ],
    ['nobody runs an old version', servingNode('n2', ['n2'], next), 'no member runs 4.30.0 any more'],
  ])('is left as it is where %s, and says so', async (_, other, why) => {
    const node = new Node();
    node.other = other;
    await expect(upgraded(node, specs())).rejects.toMatchObject({
      kind: 'NotTakenUp',
      details: { putBack: false },
      message: expect.stringContaining(why) as string,
    });
    expect(node.did).toEqual([`start packages/hivemq-${next}`]);
    expect(kept()).toEqual([]);
  });
});
