import { type UserInfo, userInfo } from 'node:os';

/** Who logs in to a host and who runs its broker. */
export interface Accounts {
  /**
   * `separate`: two unprivileged users that exist only inside the host, with the shipped sudoers file between them.
   * `own`: both are the user that runs the stage, and nothing changes users.
   */
  readonly kind: 'separate' | 'own';
  readonly login: Account;
  readonly broker: Account;
}

/** One user. `id` serves as the group's number as well. */
export interface Account {
  readonly name: string;
  readonly id: number;
}

/**
 * Users of hosts with accounts of their own. The numbers are far from those that Debian hands out; the machine's own
 * account files never hear of them.
 */
export const SEPARATE_ACCOUNTS: Accounts = {
  kind: 'separate',
  login: { name: 'ops', id: 64_101 },
  broker: { name: 'hivemq', id: 64_102 },
};

/** The user that runs the stage in both roles. */
export function ownAccounts(): Accounts {
  const { username, uid } = ownUser();
  const own = { name: username, id: uid };
  return { kind: 'own', login: own, broker: own };
}

/** Whether the user that runs the stage can log in by OpenSSH at all: it needs an entry and a shell. */
export function ownUserHasShell(): boolean {
  const { shell } = ownUser();
  return shell !== null && shell !== '' && !/\/(nologin|false)$/.test(shell);
}

/** In a container the number that a process runs under may have no entry among the accounts. */
function ownUser(): Pick<UserInfo<string>, 'username' | 'uid' | 'shell'> {
  try {
    return userInfo();
  } catch {
    const uid = process.getuid?.() ?? 0;
    return { username: `user${uid}`, uid, shell: null };
  }
}
