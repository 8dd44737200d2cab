import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configureNode, startNode } from '../../../src/activities/steps/node-bodies.js';
import type { BrokerDriver } from '../../../src/adapters/ports/index.js';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import { unknownNode } from '../../../src/domain/observation/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { type ContextOptions, useNodeBench } from './support/node-bench.js';

const bench = useNodeBench();
const at = (path: string): string => join(bench().home, path);
const version = '4.30.0';
const input = { host: 'n1', version, members: ['n1'], joins: false, putBack: true };

/** A broker that starts unless its extension one is of a version that it does not take. */
class Node {
  running = false;
  readonly did: string[] = [];
  /** Called at each start and stop, which may fail there. */
  onCall: (call: string) => void = () => undefined;

  driver = (real: BrokerDriver): BrokerDriver => ({
    ...real,
    observe: ({ name }) => Promise.resolve(unknownNode(name, 'not asked')),
    start: ({ name }) => {
      const xml = readFileSync(at('extensions/one/hivemq-extension.xml'), 'utf8');
      const found = /<version>(.*)<\/version>/.exec(xml)?.[1] ?? '';
      this.did.push(`start ${found}`);
      this.running = true;
      this.onCall('start');
      if (found !== 'bad') return Promise.resolve({ keptCopy: null });
      const line = 'Extension with id "one" cannot be started';
      return Promise.reject(new HivekeeperError('BrokerStartFailed', `${name}: ${line}`, { line }));
    },
    stop: () => {
      this.did.push('stop');
      this.onCall('stop');
      this.running = false;
      return Promise.resolve();
    },
  });
}

async function started(node: Node, spec: ClusterSpec, options: ContextOptions & { previous?: ClusterSpec | null }) {
  const { previous = null, ...others } = options;
  const record = { previous: previous && { ...previous } };
  const context = bench().context(spec, { ...others, record, driver: node.driver, running: () => node.running });
  await configureNode(context, { host: 'n1', version, members: ['n1'] });
  return startNode(context, input);
}

async function specs(): Promise<{ good: ClusterSpec; bad: ClusterSpec }> {
  mkdirSync(at(`packages/hivemq-${version}`), { recursive: true });
  const good = await bench().withExtension(bench().plain, 'one', { version: 'good', files: { 'conf/a': 'good' } });
  const bad = await bench().withExtension(bench().withLicense(good, 'a license'), 'one', { version: 'bad' });
  return { good, bad };
}

const state = () => {
  const { refused: _, token: __, started: ___, ...identity } = bench().identity();
  return { files: bench().files(), identity, kept: bench().kept() };
};

describe('a node that does not start with what it was given', () => {
  it('is stopped, gets the settings of before and what was in its folders, and serves again', async () => {
    const { good, bad } = await specs();
    const node = new Node();
    await started(node, good, { token: 1 });
    writeFileSync(at('extensions/one/by-hand'), 'mine');
    const before = state();
    node.running = false;
    await expect(started(node, bad, { token: 2, previous: good })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      retryable: false,
      details: { putBack: true },
      message: 'n1: Extension with id "one" cannot be started. Everything on n1 is as before.',
    });
    expect(node.did).toEqual(['start good', 'start bad', 'stop', 'start good']);
    expect(state()).toEqual(before);
    expect(existsSync(at('license/prod.lic'))).toBe(false);
    // An attempt whose predecessor could not tell says the same and does nothing.
    await expect(
      startNode(bench().context(bad, { token: 2, driver: node.driver, running: () => node.running }), input),
    ).rejects.toMatchObject({ message: expect.stringContaining('Everything on n1 is as before.') as string });
    expect(node.did).toHaveLength(4);
  });

  it.each(['stop', 'start'])('goes on being put back where that was cut off at its %s', async (cut) => {
    const { good, bad } = await specs();
    const node = new Node();
    await started(node, good, { token: 1 });
    const before = state();
    node.running = false;
    let refused = false;
    node.onCall = (call) => {
      if (call === cut && refused) {
        refused = false;
        throw new HivekeeperError('HostUnreachable', 'n1 was lost');
      }
      if (call === 'start' && node.did.at(-1) === 'start bad') refused = true;
    };
    await expect(started(node, bad, { token: 2, previous: good })).rejects.toMatchObject({ kind: 'HostUnreachable' });
    const again = bench().context(bad, {
      ...{ token: 2, record: { previous: { ...good } } },
      ...{ driver: node.driver, running: () => node.running },
    });
    await expect(startNode(again, input)).rejects.toMatchObject({ kind: 'NotTakenUp', details: { putBack: true } });
    expect(node.did.filter((did) => did === 'start bad')).toHaveLength(1);
    expect(node.did.at(-1)).toBe('start good');
    expect(state()).toEqual(before);
  });

  it('stays as it is where the record knows nothing from before, and says so', async () => {
    const { bad } = await specs();
    const node = new Node();
    await expect(started(node, bad, { token: 1 })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      details: { putBack: false },
      message: expect.stringContaining('The record knows no settings that n1 had before') as string,
    });
    expect(node.did).toEqual(['start bad']);
  });

  it('says so where it does not start with the settings of before either', async () => {
    const { bad } = await specs();
    const node = new Node();
    await expect(started(node, bad, { token: 1, previous: bad })).rejects.toMatchObject({
      kind: 'NotTakenUp',
      details: { putBack: false },
      message: expect.stringContaining('It could not be started with its settings of before: n1: Extension') as string,
    });
  });
});
