import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import { readLogLine } from '../../../domain/products/hivemq/log-lines.js';
import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { DrivenNode, Progress } from '../../ports/index.js';
import { untilPeersAgree } from './agreement.js';
import { membersOf, type HivemqDependencies, type Member } from './context.js';
import { askHealth } from './health-api.js';
import { logPath, readLogReport } from './log-report.js';
import { firstOf, forever } from './scope.js';
import { untilGone } from './wait-gone.js';

function notHandedOver(name: string, found: string): HivekeeperError {
  const message =
    `${name}: the broker ended without finishing its cluster replication (${found}), so data that only it held may be missing in the cluster. ` +
    'Keep its data folder, start it again, and see that no other node is stopped before it has joined.';
  return new HivekeeperError('CheckFailed', message, { check: 'synchronized', host: name });
}

/** Tells what the leaving broker says; what counts is read from the file afterwards. */
async function tell(self: Member, from: number, progress: Progress, signal: AbortSignal): Promise<never> {
  const onLine = (line: string): undefined => {
    const event = readLogLine(line);
    if (event?.kind !== 'synchronization' || event.what !== 'replication') return;
    const finished = event.phase === 'finished';
    progress.report(
      `${self.name}: ${finished ? 'replication finished, waiting for its process to end' : 'waiting for its cluster replication'}`,
    );
  };
  try {
    await self.host.follow(logPath(self), { from, asUser: self.supervised.user, signal, onLine });
  } catch (error) {
    if (!isHivekeeperError(error)) throw error;
  }
  return forever();
}

/** Whether others are there that must take over what this node holds; its own list says so, else theirs. */
async function hasOthers(
  { spec }: DrivenNode,
  { self, peers }: { self: Member; peers: readonly Member[] },
  signal: AbortSignal,
): Promise<boolean> {
  // Independent nodes keep what they hold.
  if (!asHivemqSpec(spec).cluster.enabled) return false;
  const own = await askHealth(self, signal);
  if (own !== null) return (own.view?.members.length ?? 1) > 1;
  const others = await Promise.all(peers.map((peer) => askHealth(peer, signal).catch(() => null)));
  return others.some((health) => health !== null);
}

/** Stops a node; its data is with the others afterwards, and they agree that it is gone. @throws CheckFailed */
export async function stop(dependencies: HivemqDependencies, node: DrivenNode, progress: Progress): Promise<void> {
  const { self, peers } = membersOf(node);
  const { signal } = progress;
  const supervisor = dependencies.supervisor(node.spec);
  if ((await supervisor.state(self.supervised)).running) {
    const [clustered, { size }] = await Promise.all([
      hasOthers(node, { self, peers }, signal),
      readLogReport(self, undefined, signal),
    ]);
    progress.report(`${node.name}: asked to stop`);
    signal.throwIfAborted();
    await supervisor.requestStop(self.supervised);
    await firstOf<unknown>(signal, [
      (scope) => untilGone(dependencies, node, self, scope),
      (scope) => tell(self, size, progress, scope),
    ]);
    const { facts, since } = await readLogReport(self, size, signal);
    const finished = since.replication === 'finished' || facts.handedOver;
    if (clustered && !finished) {
      throw notHandedOver(node.name, facts.replication === 'begun' ? 'it had begun' : 'none was logged');
    }
  } else {
    // One that crashed may be about to be started again.
    await supervisor.requestStop(self.supervised);
    // An earlier try may have been cut off: what it would have seen is in the log.
    const { facts } = await readLogReport(self, undefined, signal);
    const cutShort =
      facts.stopping && !facts.stopped && !facts.handedOver && (await hasOthers(node, { self, peers }, signal));
    if (facts.replication === 'begun') throw notHandedOver(node.name, 'it had begun');
    if (cutShort) throw notHandedOver(node.name, 'it died while it stopped');
  }
  await untilPeersAgree(dependencies, node, peers, progress);
}
