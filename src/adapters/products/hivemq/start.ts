import { HivekeeperError } from '../../../domain/errors/index.js';
import { readLogLine } from '../../../domain/products/hivemq/log-lines.js';
import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { DrivenNode, Progress, StartResult } from '../../ports/index.js';
import { untilSynchronized } from './agreement.js';
import { untilBroughtAlong } from './brought-along.js';
import { membersOf, type HivemqDependencies, type Member } from './context.js';
import { lastWords } from './early-exit.js';
import { keepBackupCopy } from './kept-data.js';
import { logPath, readLogReport } from './log-report.js';
import { deferred, firstOf, forever, within } from './scope.js';
import { prepareStart } from './start-preparation.js';

/** Milliseconds between two looks at the process, which only serve to notice that it ended. */
const processEvery = 500;

const waitingFor = {
  join: 'waiting for its cluster join',
  merge: 'waiting for its cluster merge',
  replication: 'waiting for its replication',
} as const;

function startFailed(name: string, why: string): HivekeeperError {
  const message = `${name}: the broker did not start as asked: ${why}. Correct that and run the operation again.`;
  return new HivekeeperError('BrokerStartFailed', message, { host: name, line: why });
}

/**
 * Follows the log from a byte for as long as the start lasts, because a listener may fail after the broker has started.
 * @throws BrokerStartFailed with the line that says why
 */
async function followLog(
  self: Member,
  from: number,
  onStarted: () => void,
  progress: Progress,
  signal: AbortSignal,
): Promise<never> {
  let failure: HivekeeperError | undefined;
  const onLine = (line: string): boolean | undefined => {
    const event = readLogLine(line);
    if (event?.kind === 'started') onStarted();
    if (event?.kind === 'synchronization' && event.phase !== 'finished') {
      progress.report(`${self.name}: ${waitingFor[event.what]}`);
    }
    if (event?.kind !== 'start-failed') return undefined;
    failure = startFailed(self.name, event.line);
    return false;
  };
  await self.host.follow(logPath(self), { from, asUser: self.supervised.user, signal, onLine });
  if (failure) throw failure;
  return forever();
}

/** Fails when the process ends; a broker that cancels its own start may do so with exit code 0. */
async function processGone(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  self: Member,
  from: number,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await dependencies.clock.sleep(processEvery, signal);
    if ((await dependencies.supervisor(node.spec).state(self.supervised)).running) continue;
    const { since } = await readLogReport(self, from, signal);
    throw startFailed(
      node.name,
      since.startFailure ?? `its process ended; it last said: ${await lastWords(self, from, signal)}`,
    );
  }
}

/** Starts a node or goes on waiting for one that is already starting. @throws BrokerStartFailed */
export async function start(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  mode: 'run' | 'recovery',
  progress: Progress,
): Promise<StartResult> {
  const { self, peers } = membersOf(node);
  const { signal } = progress;
  const supervisor = dependencies.supervisor(node.spec);
  const started = deferred();
  let keptCopy: string | null = null;
  let from: number;
  if ((await supervisor.state(self.supervised)).running) {
    const { facts, startsAt } = await readLogReport(self, undefined, signal);
    if (facts.startFailure !== null) throw startFailed(node.name, facts.startFailure);
    if (facts.started) started.resolve();
    from = startsAt;
  } else {
    const { logSize, hasCopy, hasData } = await prepareStart(self, signal);
    from = logSize;
    if (hasCopy) keptCopy = await keepBackupCopy(self.supervised, dependencies.clock.now());
    progress.report(`${node.name}: starting`);
    signal.throwIfAborted();
    // run.sh sets the data aside and counts on other members to bring it back; an independent node has none.
    const alone = !asHivemqSpec(node.spec).cluster.enabled && hasData;
    await supervisor.start(self.supervised, mode === 'run' && !alone ? 'run.sh' : 'recovery.sh');
  }
  await firstOf<unknown>(signal, [
    async (scope) => {
      await started.promise;
      await untilSynchronized(dependencies, node, { self, peers }, within(progress, scope));
    },
    (scope) => followLog(self, from, started.resolve, progress, scope),
    (scope) => processGone(dependencies, node, self, from, scope),
  ]);
  // The follower may be a moment behind.
  const { since } = await readLogReport(self, from, signal);
  if (since.startFailure !== null) throw startFailed(node.name, since.startFailure);
  await untilBroughtAlong(dependencies, node, self, from, progress);
  return { keptCopy };
}
