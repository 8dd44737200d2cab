import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isHivekeeperError } from '../../../src/domain/errors/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { licenseMarker } from '../../../src/sandbox/broker/licenses.js';
import { until } from '../../support/until.js';
import { product } from '../../domain/support/specs.js';
import { FakeBroker } from './support/fake-broker.js';
import { LocalHost, LosableHost } from './support/local-host.js';
import { type NodeBench, throwing, useNodeBench } from './support/node-bench.js';

const bench = useNodeBench();
const license = (name: string): string => `${licenseMarker}\n${name}\n`;

/** Notes which of its calls changed the node. */
class WatchedHost extends LocalHost {
  readonly changing: number[] = [];
  private calls = 0;

  constructor(private readonly seen: () => string) {
    super();
  }

  override async runRaw(command: Parameters<LocalHost['runRaw']>[0]): ReturnType<LocalHost['runRaw']> {
    this.calls += 1;
    const before = this.seen();
    try {
      return await super.runRaw(command);
    } finally {
      if (this.seen() !== before) this.changing.push(this.calls);
    }
  }
}

/** A license, an upgrade with a file of its own, an extension that comes and one that leaves, all at once. */
async function changed(node: NodeBench, first: ClusterSpec, broken: boolean): Promise<ClusterSpec> {
  const files = { 'conf/a': 'new', ...(broken ? throwing : {}) };
  const upgraded = await node.withExtension(node.withLicense(first, license('second')), 'one', { version: '2', files });
  const more = product.additions.withExtensionFile(upgraded, { id: 'one', path: 'conf/b', content: { text: 'anew' } });
  return product.additions.withoutExtension(await node.withExtension(more, 'two'), 'leaving');
}

/** A node that has something, and a way back to just that. */
async function prepared(): Promise<{ node: NodeBench; first: ClusterSpec; again: () => Promise<void> }> {
  const node = bench();
  const one = await node.withExtension(node.withLicense(node.plain, license('first')), 'one', {
    files: { 'conf/a': 'old', 'conf/only-old': 'old' },
  });
  const withFile = product.additions.withExtensionFile(one, { id: 'one', path: 'conf/b', content: { text: 'spec' } });
  const first = await node.withExtension(withFile, 'leaving');
  await node.apply(first);
  node.broker.stop();
  const template = join(node.folder, 'template');
  cpSync(node.home, template, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const again = async (): Promise<void> => {
    node.broker.stop();
    rmSync(node.home, { recursive: true });
    cpSync(template, node.home, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    node.broker = new FakeBroker(node.home);
    await until(() => node.broker.running.length === 2);
  };
  await again();
  return { node, first, again };
}

const everything = (node: NodeBench): string => JSON.stringify([node.files(), node.own()]);
const state = (node: NodeBench) => {
  const { hot, placed, files, before } = node.identity();
  return { files: node.files(), hot, placed, noted: files, before, kept: node.kept(), running: node.broker.running };
};
/** Lines of the log differ by their time alone. */
const untimed = (error: unknown): string => String(error).replace(/\d{4}-\S+ \S+ /g, '');
const ended = (attempt: Promise<string>): Promise<unknown> => attempt.catch((error: unknown) => error);

describe('an attempt that was cut off after any of its changes', () => {
  it.each([
    { title: 'is finished by the next one', broken: false },
    { title: 'is taken back by the next one to what was there before the first', broken: true },
  ])('$title', { timeout: 300_000 }, async ({ broken }) => {
    const { node, first, again } = await prepared();
    const before = state(node);
    const spec = await changed(node, first, broken);
    const watched = new WatchedHost(() => everything(node));
    const whole = await ended(node.apply(spec, { token: 2, host: watched }));
    const expected = state(node);
    // The oracle: a change that is taken is seen, and one that is not leaves nothing.
    if (broken) expect(expected).toEqual(before);
    else expect(expected.files).not.toEqual(before.files);
    expect(isHivekeeperError(whole, 'NotTakenUp')).toBe(broken);
    expect(watched.changing.length).toBeGreaterThan(8);
    // Up to the broker's verdict both go the same way: one of them is cut off at each change, the other at every second.
    for (const at of watched.changing.filter((_, index) => broken || index % 2 === 0)) {
      await again();
      const cut = await ended(node.apply(spec, { token: 2, host: new LosableHost(at, 'after') }));
      if (!isHivekeeperError(cut, 'HostUnreachable')) throw new Error(`call ${at} was not cut off: ${String(cut)}`);
      const next = await ended(node.apply(spec, { token: 2 }));
      expect([at, typeof next, broken ? untimed(next) : '']).toEqual([at, typeof whole, broken ? untimed(whole) : '']);
      await until(() => node.broker.running.length === expected.running.length);
      expect({ at, ...state(node) }).toEqual({ at, ...expected });
    }
  });
});
