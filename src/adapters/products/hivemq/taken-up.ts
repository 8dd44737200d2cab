import { posix } from 'node:path';
import { HivekeeperError } from '../../../domain/errors/index.js';
import type { LogFacts } from '../../../domain/products/hivemq/log-facts.js';
import type { DrivenNode, HotChange, Progress } from '../../ports/index.js';
import { memberOf, type HivemqDependencies, type Member } from './context.js';
import { extensionNames } from './extension-names.js';
import { type AwaitedUsers, awaitedUsers, usersRefusal, usersUnsaid } from './file-rbac/awaited-users.js';
import { type LogReport, readLogReport } from './log-report.js';

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
  readonly users: AwaitedUsers;
}

const licensesIn = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => (posix.dirname(path) === 'license' ? [posix.basename(path)] : []));

async function awaited(
  { spec }: Pick<DrivenNode, 'spec'>,
  member: Member,
  change: HotChange,
  signal: AbortSignal,
): Promise<Awaited> {
  const names = await extensionNames(member, [...change.started, ...change.stopped], signal);
  const named = (ids: readonly string[]): Map<string, string> => new Map(ids.map((id) => [id, names.get(id) ?? id]));
  return {
    licenses: licensesIn(change.paths),
    started: named(change.started),
    stopped: named(change.stopped),
    users: awaitedUsers(spec, change),
  };
}

/** @throws NotTakenUp with the line by which the broker refuses a license, an extension or users */
function refuse(host: string, since: LogFacts, { licenses, started, users }: Awaited): void {
  for (const file of licenses) {
    const verdict = since.licenses[file];
    if (verdict?.corrupt !== true) continue;
    const { line } = verdict;
    throw new HivekeeperError('NotTakenUp', `${host}: the broker refuses the license ${file}: ${line}`, { host, line });
  }
  for (const [id, name] of started) {
    const line = since.failedExtensions[id];
    if (line === undefined || since.extensions[name] === 'started') continue;
    const message = `${host}: the broker does not start the extension ${id}: ${line}`;
    throw new HivekeeperError('NotTakenUp', message, { host, id, line });
  }
  const line = usersRefusal(users, since);
  if (line === null) return;
  const message = `${host}: the File RBAC extension refuses the users: ${line} What is wrong stands in the lines after it in its log`;
  throw new HivekeeperError('NotTakenUp', message, { host, line });
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
  const { within = patience } = change;
  const member = memberOf(node.spec, node.name, node.host);
  const expected = await awaited(node, member, change, signal);
  const begun = clock.now();
  for (;;) {
    const report = await readLogReport(member, from, signal);
    refuse(node.name, report.since, expected);
    const waited = clock.now() - begun;
    const missing = unsaid(report, expected, waited);
    if (missing.length === 0) return;
    if (waited > within) {
      const message = `${node.name}: the broker's log does not tell within ${within / 1000} s: ${missing.join(', ')}`;
      throw new HivekeeperError('BrokerNotSynchronized', message, { host: node.name, missing });
    }
    progress.report(`${node.name}: waiting for ${missing.join(', ')}`);
    await clock.sleep(lookEvery, signal);
  }
}

/** What its log does not tell yet. */
function unsaid({ since, facts }: LogReport, { licenses, started, stopped, users }: Awaited, waited: number): string[] {
  const silent = licenses.filter((file) => since.licenses[file] === undefined && waited < licensePatience);
  const notStarted = [...started].filter(([, name]) => since.extensions[name] !== 'started');
  // One that never ran, or that stopped long ago, says nothing when it is disabled.
  const notStopped = [...stopped].filter(([, name]) => facts.extensions[name] === 'started');
  return [
    ...usersUnsaid(users, since, waited),
    ...silent.map((file) => `its verdict on the license ${file}`),
    ...notStarted.map(([id]) => `the start of the extension ${id}`),
    ...notStopped.map(([id]) => `the stop of the extension ${id}`),
  ];
}
