import type { Accounts } from './accounts.js';
import { hostPath } from './environment.js';
import type { HostLayout } from './layout.js';
import { sudoersFile } from './sudoers.js';
import { systemctlFile, unitFolder } from './systemd.js';

/** A host as the others' name tables know it. */
export interface Neighbour {
  readonly name: string;
  readonly address: string;
}

/** What the account files of a host are made of. */
export interface AccountFilesOptions {
  readonly accounts: Accounts;
  readonly layout: HostLayout;
  /** Variables that `sudo` hands on. */
  readonly keptVariables: readonly string[];
  readonly neighbours: readonly Neighbour[];
}

/** A file under /etc of the host. */
export interface EtcFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

const SSHD_ID = 64_100;

/** The files that give a host users of its own: they cover the machine's inside the host and nowhere else. */
export function etcFiles(options: AccountFilesOptions): EtcFile[] {
  const { accounts, layout, neighbours } = options;
  const { login, broker } = accounts;
  const users = [
    `root:x:0:0:root:/root:/bin/sh`,
    `sshd:x:${SSHD_ID}:65534::/run/sshd:/usr/sbin/nologin`,
    `${login.name}:x:${login.id}:${login.id}::${layout.loginHome}:/bin/sh`,
    `${broker.name}:x:${broker.id}:${broker.id}::${layout.home}:/usr/sbin/nologin`,
    `nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin`,
  ];
  const groups = ['root:x:0:', `${login.name}:x:${login.id}:`, `${broker.name}:x:${broker.id}:`, 'nogroup:x:65534:'];
  const passwords = ['root', 'sshd', login.name, broker.name].map((name) => `${name}:*:19000:0:99999:7:::`);
  const names = ['127.0.0.1 localhost', ...neighbours.map(({ name, address }) => `${address} ${name}`)];
  const lines = (text: readonly string[]): string => `${text.join('\n')}\n`;
  return [
    { name: 'passwd', text: lines(users), mode: 0o644 },
    { name: 'group', text: lines(groups), mode: 0o644 },
    { name: 'shadow', text: lines(passwords), mode: 0o600 },
    { name: 'hosts', text: lines(names), mode: 0o644 },
    { name: 'sudoers', text: sudoersText(options), mode: 0o440 },
  ];
}

/**
 * The sudoers file of a host.
 *
 * @param shipped the part that every host needs, without what only the stage adds
 */
export function sudoersText(
  { accounts, layout, keptVariables }: Omit<AccountFilesOptions, 'neighbours'>,
  shipped = sudoersFile({ loginUser: accounts.login.name, brokerUser: accounts.broker.name, home: layout.home }),
): string {
  return [
    shipped,
    '# Of the stage: its stand-ins come first on the PATH, and are told which host they are on.',
    `Defaults secure_path="${hostPath(layout)}"`,
    `Defaults env_keep += "${keptVariables.join(' ')}"`,
    'Defaults !lecture',
    '',
  ].join('\n');
}

/**
 * Covers the account files, gives the host a name and an empty /run, and goes on with the rest of the arguments. With a
 * folder of units the host has systemd: its units are those, and its `systemctl` is the stand-in.
 */
const ENTER = `
set -e
etc=$1 name=$2 units=$3 systemctl=$4
shift 4
hostname "$name"
for file in passwd group shadow hosts sudoers; do mount --bind "$etc/$file" "/etc/$file"; done
mount -t tmpfs -o mode=755,size=4m hivekeeper /run
mkdir /run/sshd
if [ -n "$units" ]; then
  mkdir -p /run/systemd/system
  mount --bind "$units" /etc/systemd/system
  mount --bind "$systemctl" /usr/bin/systemctl
fi
exec "$@"
`;

/** A command line that runs its arguments where the host's own account files hold. Needs root. */
export function enterOwnUsers(layout: HostLayout, name: string, systemd = false): string[] {
  const unshare = ['unshare', '--mount', '--uts', '--propagation', 'private', '--'];
  const units = systemd ? [unitFolder(layout), systemctlFile(layout)] : ['', ''];
  return [...unshare, '/bin/sh', '-c', ENTER, 'enter', layout.etc, name, ...units];
}
