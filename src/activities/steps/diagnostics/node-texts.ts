import { posix } from 'node:path';
import type { TextKind } from '../../../adapters/masking/index.js';
import type { RemoteHost } from '../../../adapters/ports/index.js';
import { secretsPath } from '../../../render/node-manifest.js';
import type { StepContext } from '../step-context.js';
import { environmentMark, factsProgram } from './facts-program.js';
import type { readListing } from './list-files.js';
import type { NodeCollection } from './node-collection.js';

/** A short text of a node, with its secrets. */
export interface NodeText {
  /** Where it goes, relative to the folder of the node. */
  readonly path: string;
  readonly text: string;
  readonly kind: TextKind;
}

/** A larger file is no configuration. */
const largest = 1024 * 1024;
const most = 500;
/** Licenses, keys and stores have no place in what is handed on. */
const notTaken = /\.(p12|pfx|jks|jceks|keystore|truststore|pem|key|crt|cer|der|lic|elic|plic|jar|zip|gz)$/i;
const identity = '.hivekeeper/node.json';

const kindOf = (path: string): TextKind =>
  path === secretsPath ? 'environment' : path === identity ? 'values' : 'any';

/** Files of configuration, and what Hivekeeper has left on the host. What is no such text is named. */
export async function readConfigs(
  { session, signal }: StepContext,
  host: RemoteHost,
  listing: ReturnType<typeof readListing>,
  collection: NodeCollection,
): Promise<NodeText[]> {
  const { home } = session.resolved(host.name);
  const asUser = session.spec.broker.user;
  const texts: NodeText[] = [];
  const configs = listing.config.filter(({ path }) => !notTaken.test(path));
  if (configs.length > most) collection.problem(`only ${most} of ${configs.length} files of configuration are taken`);
  for (const { path, bytes } of [...listing.identity, ...configs.slice(0, most)]) {
    signal.throwIfAborted();
    if (bytes > largest) collection.leaveOut(path, `${bytes} bytes`);
    else
      await collection.part(path, async () => {
        const text = await host.readFile(posix.join(home, path), { asUser });
        if (text === null) return;
        const target = path === identity ? 'node.json' : path;
        // Neither stands in a text: the second is what a reader puts for bytes that are no UTF-8.
        if (text.includes('\0') || text.includes('\ufffd')) collection.leaveOut(path, 'no text');
        else texts.push({ path: target, text, kind: kindOf(path) });
      });
  }
  return texts;
}

/** What host and process tell of themselves. */
export async function readFacts({ session, signal }: StepContext, host: RemoteHost): Promise<NodeText[]> {
  const { broker, name: cluster } = session.spec;
  const { home } = session.resolved(host.name);
  const pid = await session.dependencies
    .supervisor(session.spec)
    .state({ host, cluster, home, user: broker.user })
    .then((state) => (state.running ? String(state.pid) : ''))
    .catch(() => '');
  signal.throwIfAborted();
  const before = new Date().toISOString();
  const { stdout } = await host.script(factsProgram, [home, pid], { asUser: broker.user, signal });
  const clocks = `== clock of the worker, before and after\n${before}\n${new Date().toISOString()}\n`;
  const mark = `\n${environmentMark}\n`;
  const at = stdout.indexOf(mark);
  if (at < 0) return [{ path: 'facts.txt', text: clocks + stdout, kind: 'any' }];
  return [
    { path: 'facts.txt', text: clocks + stdout.slice(0, at), kind: 'any' },
    { path: 'environment.txt', text: stdout.slice(at + mark.length), kind: 'any' },
  ];
}
