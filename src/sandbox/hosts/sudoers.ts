/** What the sudoers file of a host speaks of. */
export interface SudoersOptions {
  /** The user that Hivekeeper logs in as. */
  readonly loginUser: string;
  /** The user that owns the broker's files and processes. */
  readonly brokerUser: string;
  /** The broker's home on the host. */
  readonly home: string;
}

/**
 * The sudoers file of a host whose broker is kept by no service manager: the log-in user may run commands as the
 * broker's user, and as root only the one that makes the broker's home.
 */
export function sudoersFile({ loginUser, brokerUser, home }: SudoersOptions): string {
  return [
    `Defaults:${loginUser} !requiretty`,
    `${loginUser} ALL=(${brokerUser}) NOPASSWD: ALL`,
    `${loginUser} ALL=(root) NOPASSWD: /usr/bin/install -d -o ${brokerUser} -g ${brokerUser} -m 0750 ${home}`,
    '',
  ].join('\n');
}
