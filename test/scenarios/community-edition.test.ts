import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { programPath } from '../../src/sandbox/hosts/program-path.js';
import { communityEditionRequirement } from '../conformance/support/community-edition.js';
import { mustSkip } from '../support/requirements.js';
import { buildCommunityPackage, buildGreeter, communityVersion } from './support/community-package.js';
import { expectFailure, useScenario } from './support/scenario.js';

const LONG = 240_000;
const CLUSTER = 'community';
const ID = 'greeter-extension';
const requirement = await communityEditionRequirement();

/** The real broker. It has no cluster, and loads extensions at a start only: each change restarts the nodes, one at a time. */
describe.skipIf(mustSkip(requirement))(`extensions of HiveMQ Community Edition (${requirement.install})`, () => {
  const java = programPath('java') ?? 'java';
  const scenario = useScenario({
    nodes: ['n1', 'n2'],
    gates: [],
    recovery: [],
    standIns: [{ name: 'java', text: `#!/bin/sh\nexec ${java} "$@"\n` }],
  });
  const nodes = () => scenario().stage.nodes;
  const folder = () => path.dirname(scenario().packages.distribution.file);
  const urlOf = (name: string): string =>
    String(scenario().packages.brokerPackage['url']).replace('hivemq-{version}.zip', name);

  /** An archive of the extension, served as a vendor does it. */
  async function greeter(version: string, greeting: string): Promise<Record<string, unknown>> {
    const name = `${ID}-${version}.zip`;
    const { sha256 } = await buildGreeter(version, greeting, path.join(folder(), name));
    return { url: urlOf(name), sha256, fetch: 'worker' };
  }

  /** What comes back when somebody publishes "hello" at each node. */
  async function heard(): Promise<string[]> {
    return Promise.all(
      nodes().map(async ({ address }) => {
        const client = await connectAsync(`mqtt://${address}:1883`, { reconnectPeriod: 0 });
        const message = new Promise<string>((resolve) => {
          client.once('message', (_, payload) => resolve(payload.toString()));
        });
        await client.subscribeAsync('talk');
        await client.publishAsync('talk', 'hello');
        const text = await message;
        await client.endAsync();
        return text;
      }),
    );
  }

  const log = (index: number): string => readFileSync(path.join(nodes()[index]?.home ?? '', 'log/hivemq.log'), 'utf8');
  const pids = (): (number | undefined)[] => nodes().map((host) => host.brokers()[0]?.pid);
  const run = (type: Parameters<ReturnType<typeof scenario>['run']>[0], input: object = {}) =>
    scenario().run(type, { cluster: CLUSTER, ...input });
  const succeed = async (...call: Parameters<typeof run>): Promise<void> => {
    expect((await run(...call)).failure).toBeUndefined();
  };

  test('two brokers are deployed', { timeout: LONG }, async () => {
    const { sha256 } = await buildCommunityPackage(path.join(folder(), `community-${communityVersion}.zip`));
    const user = nodes()[0]?.brokerUser;
    const spec = scenario().spec({ name: CLUSTER, nodes: 2, version: communityVersion });
    await succeed('deployCluster', {
      spec: {
        ...spec,
        broker: {
          ...{ product: 'hivemq', version: communityVersion, user, supervisor: 'process', javaOptions: '-Xmx192m' },
          package: { url: urlOf('community-{version}.zip'), sha256: { [communityVersion]: sha256 }, fetch: 'worker' },
        },
        cluster: { enabled: false },
        ...{ restApi: {}, healthApi: {}, recovery: {} },
        policy: { drain: { order: 'none' } },
      },
    });
    expect(await heard()).toEqual(['hello', 'hello']);
  });

  test('one is installed, and acts on both', { timeout: LONG }, async () => {
    const before = pids();
    await succeed('addExtension', { id: ID, content: await greeter('1.0', 'one'), supportsHotReload: false });
    expect(await heard()).toEqual(['one', 'one']);
    for (const index of [0, 1]) expect(log(index)).toContain('Extension "Greeter" version 1.0 started successfully.');
    expect(pids().filter((pid) => before.includes(pid))).toEqual([]);
  });

  test('a version that throws when it is started is taken back on the first node and goes no further', {
    timeout: LONG,
  }, async () => {
    const second = pids()[1];
    const end = await run('addExtension', { id: ID, content: await greeter('1.1', ''), supportsHotReload: false });
    expectFailure(end, 'NotTakenUp', 'n1');
    expect(log(0)).toMatch(/greeter-extension" cannot be started because of an uncaught exception/);
    expect(await heard()).toEqual(['one', 'one']);
    expect(pids()[1]).toBe(second);
  });

  test('it is upgraded, disabled, enabled and removed', { timeout: LONG }, async () => {
    await succeed('addExtension', { id: ID, content: await greeter('2.0', 'two'), supportsHotReload: false });
    expect(await heard()).toEqual(['two', 'two']);
    await succeed('disableExtension', { id: ID });
    expect(await heard()).toEqual(['hello', 'hello']);
    await succeed('enableExtension', { id: ID });
    expect(await heard()).toEqual(['two', 'two']);
    await succeed('removeExtension', { id: ID });
    expect(await heard()).toEqual(['hello', 'hello']);
    for (const { home } of nodes()) expect(existsSync(path.join(home, 'extensions', ID))).toBe(false);
  });
});
