import { HivekeeperError } from '../../domain/errors/index.js';
import {
  recoveryDropInPath,
  stagedRecoveryPath,
  stagedUnitPath,
  unitName,
  unitNamePattern,
  unitPath,
} from './names.js';

/** Where a node lives on its host. */
export interface NodePlace {
  readonly cluster: string;
  /** The broker's home. */
  readonly home: string;
  /** Account that the broker runs as. */
  readonly user: string;
}

export type Argv = readonly [string, ...string[]];

/** Makes the broker's home, owned by its user. The one thing that needs root where no service manager keeps the broker. */
export const makeHomeCommand = ({ home, user }: Pick<NodePlace, 'home' | 'user'>): Argv => [
  '/usr/bin/install',
  ...['-d', '-o', user, '-g', user, '-m', '0750', home],
];

const copy = (from: string, to: string): Argv => [
  '/usr/bin/install',
  ...['-D', '-o', 'root', '-g', 'root', '-m', '0644', from, to],
];

/**
 * Everything that Hivekeeper does as root to a node that systemd keeps. Both the sudoers file and the supervisor take it
 * from here, because sudo compares argument lists word by word.
 */
export function systemdCommands({ cluster, home }: Pick<NodePlace, 'cluster' | 'home'>) {
  const unit = unitName(cluster);
  const systemctl = (...rest: string[]): Argv => ['/usr/bin/systemctl', ...rest];
  return {
    installUnit: copy(stagedUnitPath(cluster, home), unitPath(cluster)),
    installRecovery: copy(stagedRecoveryPath(cluster, home), recoveryDropInPath(cluster)),
    removeRecovery: ['/usr/bin/rm', '-f', recoveryDropInPath(cluster)],
    daemonReload: systemctl('daemon-reload'),
    start: systemctl('start', unit),
    stop: systemctl('stop', unit),
    enable: systemctl('enable', unit),
    disable: systemctl('disable', unit),
    resetFailed: systemctl('reset-failed', unit),
    /** Returns before the broker has handed its data over; the caller waits, and can be cancelled. */
    requestStop: systemctl('--no-block', 'stop', unit),
  } as const satisfies Readonly<Record<string, Argv>>;
}

/**
 * What is asked of the unit that kept a broker before its adoption: to stop, and never to start it again.
 * @throws HivekeeperError InvalidInput for what is no name of a unit: it was read on a host
 */
export function adoptedUnitCommands(unit: string) {
  if (!unitNamePattern.test(unit)) {
    throw new HivekeeperError('InvalidInput', `${JSON.stringify(unit)} is no name of a service such as hivemq.service`);
  }
  const systemctl = (...rest: string[]): Argv => ['/usr/bin/systemctl', ...rest];
  return {
    disable: systemctl('disable', unit),
    requestStop: systemctl('--no-block', 'stop', unit),
    stop: systemctl('stop', unit),
  } as const satisfies Readonly<Record<string, Argv>>;
}
