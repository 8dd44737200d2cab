/** The systemd unit of a cluster's node on its host, e.g. `hivekeeper-prod.service`. */
export const unitName = (cluster: string): string => `hivekeeper-${cluster}.service`;

/** Where the unit lies. */
export const unitPath = (cluster: string): string => `/etc/systemd/system/${unitName(cluster)}`;

/** Where the unit is laid, by the broker's user, to be installed from by root. */
export const stagedUnitPath = (cluster: string, home: string): string => `${home}/.hivekeeper/${unitName(cluster)}`;

/** Where the drop-in for one start with `recovery.sh` is laid, to be installed from by root. */
export const stagedRecoveryPath = (cluster: string, home: string): string =>
  `${stagedUnitPath(cluster, home)}.recovery`;

/** Drop-in for one start with `recovery.sh`. It lies in /run: a reboot in between forgets it. */
export const recoveryDropInPath = (cluster: string): string =>
  `/run/systemd/system/${unitName(cluster)}.d/hivekeeper-recovery.conf`;

/** Program that decides whether the node may start unattended, relative to home. */
export const startGuardPath = '.hivekeeper/start-guard';

/** A file, relative to home, that lets the next start pass the guard, which removes it; it holds the id of the boot. */
export const attendedStartPath = '.hivekeeper/attended-start';

/** A file, relative to home, that forbids every start: the node has left its cluster. */
export const disabledPath = '.hivekeeper/disabled';

/**
 * A file, relative to home, with the name of the unit that has kept the broker since before its adoption; its next planned
 * stop is the last thing that is asked of that unit.
 */
export const adoptedUnitPath = '.hivekeeper/adopted-unit';

/** As systemd takes it, and as a file may hold it: one word that no shell and no sudoers file reads as anything else. */
export const unitNamePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,200}\.service$/;
