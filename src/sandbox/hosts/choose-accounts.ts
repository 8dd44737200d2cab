import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Accounts, ownAccounts, ownUserHasShell, SEPARATE_ACCOUNTS } from './accounts.js';
import { layoutOf } from './layout.js';
import { enterOwnUsers, etcFiles } from './own-users.js';
import { programPath } from './program-path.js';
import { opensshProgram, type SshServer } from './ssh-service.js';

/** Which accounts and which SSH server the hosts of a stage have. */
export interface HostKind {
  readonly accounts: Accounts;
  readonly server: SshServer;
}

/**
 * Chooses the most realistic kind of host that this machine allows: OpenSSH with users of their own and sudo between
 * them; else OpenSSH as the user that runs the stage; else the SSH server of the stage.
 *
 * @param root folder that the hosts will lie in
 * @throws Error when a demanded server or kind of accounts is impossible here
 */
export async function chooseHostKind(
  root: string,
  server: SshServer | 'auto',
  accounts: Accounts['kind'] | 'auto',
): Promise<HostKind> {
  const installed = opensshProgram() !== undefined;
  if (server === 'openssh' && !installed) throw new Error('There is no sshd here: apt-get install openssh-server');
  if (server === 'built-in' || !installed) {
    if (accounts === 'separate') throw new Error('Separate accounts need OpenSSH.');
    return { accounts: ownAccounts(), server: 'built-in' };
  }
  if (accounts !== 'own') {
    const problem = await separateAccountsProblem(root);
    if (problem === undefined) return { accounts: SEPARATE_ACCOUNTS, server: 'openssh' };
    if (accounts === 'separate') throw new Error(`Separate accounts are impossible here: ${problem}`);
  }
  const own = ownAccounts();
  if (server === 'auto' && (isLocked(own.login.name) || !ownUserHasShell()))
    return { accounts: own, server: 'built-in' };
  return { accounts: own, server: 'openssh' };
}

const NEEDED = ['unshare', 'mount', 'setpriv', 'sudo', 'perl', 'hostname'];
let known: { readonly root: string; readonly problem: string | undefined } | undefined;

/** Why hosts cannot have users of their own; undefined when they can. The answer holds for a folder's neighbours too. */
async function separateAccountsProblem(root: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'the stage does not run as root.';
  const missing = NEEDED.filter((name) => programPath(name) === undefined);
  if (missing.length > 0) return `missing programs: ${missing.join(', ')}.`;
  if (known?.root !== path.dirname(root)) known = { root: path.dirname(root), problem: await tryOut(root) };
  return known.problem;
}

/** Does once, in an empty host, what the product will do: as the log-in user, run a program as the broker's user. */
async function tryOut(root: string): Promise<string | undefined> {
  const layout = layoutOf(path.join(root, 'trial'));
  const accounts = SEPARATE_ACCOUNTS;
  try {
    await mkdir(layout.etc, { recursive: true });
    const files = etcFiles({ accounts, layout, keptVariables: [], neighbours: [] });
    await Promise.all(files.map(({ name, text, mode }) => writeFile(path.join(layout.etc, name), text, { mode })));
    const { login, broker } = accounts;
    const asLogin = ['setpriv', `--reuid=${login.id}`, `--regid=${login.id}`, '--clear-groups', '--'];
    const command = ['sudo', '-n', '-u', broker.name, '--', process.execPath, '-e', 'fs.readdirSync(process.argv[1])'];
    const [program, ...args] = [...enterOwnUsers(layout, 'trial'), ...asLogin, ...command, root];
    await promisify(execFile)(program, args, { cwd: '/', timeout: 10_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(layout.root, { recursive: true, force: true });
  }
}

/** Without PAM, OpenSSH refuses accounts whose password field says that they are locked; only root can see that. */
function isLocked(user: string): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const line = readFileSync('/etc/shadow', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${user}:`));
    return line?.split(':')[1]?.startsWith('!') ?? false;
  } catch {
    return false;
  }
}
