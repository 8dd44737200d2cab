import { backupPath } from '../../../domain/products/hivemq/backups.js';
import type { BrokerDriver } from '../../ports/index.js';
import { systemClock, type Clock } from './clock.js';
import { memberOf, type HivemqDependencies } from './context.js';
import { requestDiagnostics } from './diagnostic-archive.js';
import { countClients, countItems } from './count.js';
import { drain } from './drain.js';
import { importBackup } from './import-backup.js';
import { moveDataAside } from './kept-data.js';
import { logMarks, signsSince } from './log-signs.js';
import { observe } from './observe.js';
import { runningBackup } from './running-backup.js';
import { start } from './start.js';
import { logEnd, storeRefusal, untilTakenUp } from './taken-up.js';
import { stop } from './stop.js';

export type HivemqDriverOptions = Omit<HivemqDependencies, 'clock'> & {
  /** Default: the system's. */
  readonly clock?: Clock;
};

/** Drives HiveMQ nodes: disk and process over SSH, health and REST API forwarded on the same connection. */
export function createHivemqDriver({ clock = systemClock, ...others }: HivemqDriverOptions): BrokerDriver {
  const dependencies: HivemqDependencies = { ...others, clock };
  return {
    observe: (node) => observe(dependencies, node),
    start: (node, mode, progress) => start(dependencies, node, mode, progress),
    stop: (node, progress) => stop(dependencies, node, progress),
    drain: (node, request, progress) => drain(dependencies, node, request, progress),
    countClients: (node) => countClients(dependencies, node),
    countItems: (node, progress) => countItems(dependencies, node, progress),
    importBackup: (node, id, progress) => importBackup(dependencies, node, id, progress),
    runningBackup: (node, signal) => runningBackup(dependencies, node, signal),
    moveDataAside: ({ spec, name, host }, reason) =>
      moveDataAside(memberOf(spec, name, host).supervised, reason, clock.now()),
    logEnd,
    logMarks,
    signsSince,
    storeRefusal,
    untilTakenUp: (node, from, change, progress) => untilTakenUp(dependencies, node, from, change, progress),
    requestDiagnostics: (node, progress) => requestDiagnostics(dependencies, node, progress),
    backupPath,
  };
}
