import { posix } from 'node:path';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { LogFacts } from '../../../domain/products/hivemq/log-facts.js';
import type { DrivenNode, HotChange, Progress } from '../../ports/index.js';
import { memberOf, type HivemqDependencies, type Member } from './context.js';
import { extensionNames } from './extension-names.js';
import { readLogReport } from './log-report.js';

/** Milliseconds between two looks at the log. */
const lookEvery = 250;
/** Milliseconds that a broker is given to start or stop an extension. */
const patience = 120_000;
/** Milliseconds after which a license that the broker said nothing about counts as taken: a damaged one is always told of. */
const licensePatience = 30_000;

/** The size of the log as it is now. */
export async function logEnd({ spec, name, host }: DrivenNode): Promise<number> {
  return (await readLogReport(memberOf(spec, name, host))).size;
}

/** The line by which the broker refused a changed keystore or truststore since that byte of its log. */
export async function storeRefusal(
  { spec, name, host }: DrivenNode,
  from: number,
  signal: AbortSignal,
): Promise<string | null> {
  return (await readLogReport(memberOf(spec, name, host), from, signal)).since.refusedStore;
}

/** What a running broker still has to say. */
interface Awaited {
  readonly licenses: readonly string[];
  readonly started: ReadonlyMap<string, string>;
  readonly stopped: ReadonlyMap<string, string>;
}

const licensesIn = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => (posix.dirname(path) === 'license' ? [posix.basename(path)] : []));

async function awaited(member: Member, change: HotChange, signal: AbortSignal): Promise<Awaited> {
  const names = await extensionNames(member, [...change.started, ...change.stopped], signal);
  const { facts } = await readLogReport(member, undefined, signal);
  // The verdict on what was written before may stand in the log already.
  refuse(member.name, facts, { licenses: licensesIn(change.earlier ?? []), started: new Map(), stopped: new Map() });
  const named = (ids: readonly string[]): [string, string][] => ids.map((id) => [id, names.get(id) ?? id]);
  return {
    licenses: licensesIn(change.paths),
    started: new Map(named(change.started)),
    // One that never ran, because its start failed, says nothing when it is disabled.
    stopped: new Map(named(change.stopped).filter(([, name]) => facts.extensions[name] !== undefined)),
  };
}

/** @throws InvalidInput with the line by which the broker refuses a license or an extension */
function refuse(name: string, since: LogFacts, { licenses, started }: Awaited): void {
  for (const file of licenses) {
    const verdict = since.licenses[file];
    if (verdict?.corrupt !== true) continue;
    const message = `${name}: the broker refuses the license: ${verdict.line}. What was there before was put back. Check the file.`;
    throw new HivekeeperError('InvalidInput', message, { host: name, refused: `license/${file}` });
  }
  for (const id of started.keys()) {
    const line = since.failedExtensions[id];
    if (line === undefined) continue;
    throw new HivekeeperError('InvalidInput', `${name}: the broker does not start the extension ${id}: ${line}`, {
      host: name,
      id,
    });
  }
}

/** Waits until the broker's log tells that a change was taken up. */
export async function untilTakenUp(
  { clock }: HivemqDependencies,
  node: DrivenNode,
  from: number,
  change: HotChange,
  progress: Progress,
): Promise<void> {
  const { signal } = progress;
  const member = memberOf(node.spec, node.name, node.host);
  const expected = await awaited(member, change, signal);
  const begun = clock.now();
  for (;;) {
    const { since } = await readLogReport(member, from, signal);
    refuse(node.name, since, expected);
    const waited = clock.now() - begun;
    const missing = unsaid(since, expected, waited);
    if (missing.length === 0) return;
    if (waited > patience) {
      const message = `${node.name}: the broker's log does not tell within ${patience / 1000} s: ${missing.join(', ')}`;
      throw new HivekeeperError('BrokerNotSynchronized', message, { host: node.name, missing });
    }
    progress.report(`${node.name}: waiting for ${missing.join(', ')}`);
    await clock.sleep(lookEvery, signal);
  }
}

/** What its log does not tell yet. */
function unsaid(since: LogFacts, { licenses, started, stopped }: Awaited, waited: number): string[] {
  const silent = licenses.filter((file) => since.licenses[file] === undefined && waited < licensePatience);
  const notStarted = [...started].filter(([, name]) => since.extensions[name] !== 'started');
  const notStopped = [...stopped].filter(([, name]) => since.extensions[name] !== 'stopped');
  return [
    ...silent.map((file) => `its verdict on the license ${file}`),
    ...notStarted.map(([id]) => `the start of the extension ${id}`),
    ...notStopped.map(([id]) => `the stop of the extension ${id}`),
  ];
}
