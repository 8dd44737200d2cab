/** The accounts that the sudoers file speaks of. */
export interface SudoersAccounts {
  /** The user that Hivekeeper logs in as. */
  readonly loginUser: string;
  /** The user that owns the broker's files and processes. */
  readonly brokerUser: string;
}

/**
 * The sudoers file that a host needs: the log-in user may run commands as the broker's user, and nothing as root.
 * The broker's home must exist and belong to the broker's user beforehand.
 */
export function sudoersFile({ loginUser, brokerUser }: SudoersAccounts): string {
  return [
    "# Hivekeeper does everything to a broker as the broker's own user. No command runs as root.",
    `Defaults:${loginUser} !requiretty, !lecture`,
    `${loginUser} ALL=(${brokerUser}) NOPASSWD: ALL`,
    '',
  ].join('\n');
}
