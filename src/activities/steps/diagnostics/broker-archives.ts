import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import type { RemoteHost } from '../../../adapters/ports/index.js';
import { HivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { currentRun } from '../../record/record-activities.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';
import { maskArchive } from './mask-archive.js';
import type { NodeCollection } from './node-collection.js';
import { type RequestedArchives, Scratch } from './scratch.js';

const lookEvery = 250;
/** How long a broker is given to make its archive. */
const patience = 120_000;

export const scratchOf = ({ session }: StepContext): Scratch =>
  new Scratch(session.dependencies.diagnostics, currentRun());

/** In a cluster one broker has all others make theirs; independent nodes are asked one by one. */
export const requestArchives: StepBody<'requestArchives'> = async (context, { hosts }) => {
  const scratch = scratchOf(context);
  const before = await scratch.archives();
  const archives = before ?? (await request(context, hosts));
  if (before === null) await scratch.saveArchives(archives);
  const { requested, problems } = archives;
  const asked = requested.map(({ host, id }) => `${id} by ${host}`);
  return [asked.length > 0 ? `archive ${asked.join(', ')}` : 'no broker makes one', ...problems].join('; ');
};

async function request(context: StepContext, hosts: readonly string[]): Promise<RequestedArchives> {
  const { session } = context;
  const clustered = session.product.clustered(session.spec);
  const requested: RequestedArchives['requested'] = [];
  const problems: string[] = [];
  for (const host of hosts) {
    if (clustered && requested.length > 0) break;
    try {
      const node = await session.driven(host, [host], context.signal);
      const id = await session.driver.requestDiagnostics(node, context.progress);
      if (id === null) return { requested, problems: ['the REST API is off, by which brokers make archives'] };
      requested.push({ host, id });
    } catch (error) {
      context.signal.throwIfAborted();
      problems.push(messageOf(error).split('\n')[0] ?? '');
    }
  }
  return { requested, problems };
}

/** The archive that the broker of a node makes at this run's request; null where it makes none. */
function idFor({ session }: StepContext, host: string, archives: RequestedArchives | null): string | null {
  const requested = archives?.requested ?? [];
  const clustered = session.product.clustered(session.spec);
  return (clustered ? requested[0] : requested.find((one) => one.host === host))?.id ?? null;
}

/** Where the file lies is not published, so it is looked for by its name; the broker's own home is `current`, in `packages`. */
const findProgram = `
find "$1" -maxdepth 5 -path "$1/data*" -prune -o -type f -name "$2.zip" -exec stat -c '%s %n' {} + 2>/dev/null
:`;

/** The broker's archive of one node, each file of it masked. What cannot be looked through is left out and named. */
export async function takeBrokerArchive(
  context: StepContext,
  host: RemoteHost,
  collection: NodeCollection,
  scratch: Scratch,
): Promise<void> {
  const id = idFor(context, host.name, await scratch.archives());
  if (id === null) return;
  const remote = await untilWhole(context, host, id);
  // Beside the parts, so that it can never be packed.
  const raw = join(scratch.folder, `${host.name}.raw.zip`);
  try {
    const { signal } = context;
    const asUser = context.session.spec.broker.user;
    const source = await host.stream({ argv: ['cat', '--', remote], asUser, timeout: 3_600_000 }, signal);
    await pipeline(source, createWriteStream(raw, { mode: 0o600 }), { signal });
    context.progress.report(`${host.name}: masking the broker's archive`);
    await maskArchive(raw, `diagnostic-archive/${id}`, collection);
  } finally {
    await rm(raw, { force: true });
  }
}

/** @returns its path @throws HivekeeperError CommandTimedOut */
async function untilWhole(context: StepContext, host: RemoteHost, id: string): Promise<string> {
  const { session, signal } = context;
  const { home } = session.resolved(host.name);
  const deadline = Date.now() + patience;
  let before = '';
  for (;;) {
    const { stdout } = await host.script(findProgram, [home, id], { asUser: session.spec.broker.user, signal });
    const [line = ''] = stdout.trim().split('\n');
    const [, bytes = '0', path = ''] = /^(\d+) (.+)$/.exec(line) ?? [];
    // Two looks that find the same: nobody writes to it any more.
    if (path !== '' && bytes !== '0' && line === before) return path;
    before = line;
    if (Date.now() > deadline) {
      const message = `${host.name}: the broker has not made the archive ${id} within ${patience / 1000} s`;
      throw new HivekeeperError('CommandTimedOut', message, { host: host.name });
    }
    context.progress.report(`${host.name}: waiting for the broker's archive ${id}`);
    await sleep(lookEvery, undefined, { signal });
  }
}

export const removeArchives: StepBody<'removeArchives'> = async (context, { hosts }) => {
  const scratch = scratchOf(context);
  const archives = await scratch.archives();
  const kept: string[] = [];
  let removed = 0;
  for (const name of hosts) {
    const id = idFor(context, name, archives);
    if (id === null) continue;
    try {
      if (await removeFrom(context, name, id)) removed += 1;
    } catch (error) {
      context.signal.throwIfAborted();
      kept.push(`${name}: ${messageOf(error).split('\n')[0] ?? ''}`);
    }
  }
  await scratch.remove();
  const left = kept.length > 0 ? `; what ${kept.join(', ')} may have was left there` : '';
  return `${removed} archives removed from nodes${left}`;
};

async function removeFrom(context: StepContext, name: string, id: string): Promise<boolean> {
  const { session, signal } = context;
  const host = await session.connect(name, signal);
  const asUser = session.spec.broker.user;
  const { stdout } = await host.script(findProgram, [session.resolved(name).home, id], { asUser, signal });
  const paths = stdout.split('\n').flatMap((line) => {
    const path = /^\d+ (.+)$/.exec(line)?.[1];
    return path !== undefined && posix.basename(path) === `${id}.zip` ? [path] : [];
  });
  for (const path of paths) await host.run({ argv: ['rm', '-f', '--', path], asUser }, signal);
  return paths.length > 0;
}
