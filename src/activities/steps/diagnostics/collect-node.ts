import { posix } from 'node:path';
import type { Command, RemoteHost } from '../../../adapters/ports/index.js';
import { messageOf } from '../../../domain/errors/index.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { scratchOf, takeBrokerArchive } from './broker-archives.js';
import { knownValues } from './known-values.js';
import { type ListedFile, listProgram, newestLogs, readListing } from './list-files.js';
import { NodeCollection } from './node-collection.js';
import { type NodeText, readConfigs, readFacts } from './node-texts.js';
import { onOwnDisk } from './own-disk.js';

const longCopy = 3_600_000;

/** Another attempt starts the node again. Nothing of it is packed before this has ended. */
export const collectNode: StepBody<'collectNode'> = async (context, { host, logBytes }) => {
  const scratch = scratchOf(context);
  const folder = await scratch.freshNode(host);
  const connected = await reach(context, host);
  if (typeof connected === 'string') {
    await scratch.saveCollected(host, { reached: false, problems: [connected], leftOut: [] });
    return `not reached: ${connected}`;
  }
  const collection = new NodeCollection(folder, await knownValues(context), context.signal);
  const part = (name: string, body: () => Promise<void>): Promise<void> => {
    context.progress.report(`${host}: ${name}`);
    return collection.part(name, body);
  };
  return await onOwnDisk(folder, async () => {
    const texts: NodeText[] = [];
    let logs: readonly ListedFile[] = [];
    await part('facts', async () => void texts.push(...(await readFacts(context, connected))));
    await part('configuration', async () => {
      const listing = await list(context, connected);
      logs = listing.log;
      texts.push(...(await readConfigs(context, connected, listing, collection)));
    });
    // A secret that one text shows by its form is hidden in every other, too.
    for (const { text, kind } of texts) collection.learn(text, kind);
    for (const { path, text, kind } of texts) await collection.text(path, text, kind);
    await part("the broker's archive", () => takeBrokerArchive(context, connected, collection, scratch));
    for (const log of newestLogs(logs, logBytes)) {
      await part(log.path, async () => {
        const source = await connected.stream(tailOf(context, host, log), context.signal);
        await collection.stream(log.path, source, { dropFirstLine: log.take < log.bytes, dropOpenLine: true });
      });
    }
    const result = collection.result(true);
    await scratch.saveCollected(host, result);
    return ['collected', ...result.problems, ...result.leftOut.map((path) => `left out: ${path}`)].join('; ');
  });
};

async function reach({ session, signal }: StepContext, name: string): Promise<RemoteHost | string> {
  try {
    const host = await session.connect(name, signal);
    // The connection may be an old one.
    await host.run({ argv: ['true'] }, signal);
    return host;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error).split('\n')[0] ?? '';
  }
}

async function list({ session, signal }: StepContext, host: RemoteHost): Promise<ReturnType<typeof readListing>> {
  const asUser = session.spec.broker.user;
  return readListing((await host.script(listProgram, [session.resolved(host.name).home], { asUser, signal })).stdout);
}

function tailOf({ session }: StepContext, name: string, { path, take }: { path: string; take: number }): Command {
  return {
    argv: ['tail', '-c', String(take), '--', posix.join(session.resolved(name).home, path)],
    asUser: session.spec.broker.user,
    timeout: longCopy,
  };
}
